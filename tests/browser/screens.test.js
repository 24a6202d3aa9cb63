/** The popup, the options and how the screens are for everybody: languages, dark, keyboard, screen readers. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { catalogue, counted, words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const ANNA = 'anna-rsa2048';
const MANY = 50;

inBrowsers('screens', [ANNA, 'aigul-p256', 'oleg-expired', 'asel-nopassword'], (world) => {
  it('the popup shows whose certificates there are, and how they are', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна Сергеевна Иванова');
    await popup.reads('Айгүл Нұрланқызы Өмірбекова');
    assert.ok(!(await popup.text()).includes('Старов'), 'those that cannot sign are folded');
    await popup.page.click('details.section > summary');
    await popup.reads('Старов');
    const cards = await popup.page.$$eval('li.card', (cards) => cards.map((card) => /** @type {HTMLElement} */ (card).innerText));
    assert.equal(cards.length, 4);
    const expired = cards.find((card) => card.includes('Старов'));
    assert.ok(expired?.includes(words('expired_on').trim()), expired);
    await popup.page.$$eval('li.card summary', (summaries) => summaries.forEach((summary) => /** @type {HTMLElement} */ (summary).click()));
    await popup.reads('anna-rsa2048.p12');
    await popup.reads('RSA 2048');
  });

  for (const language of ['ru', 'kk', 'en']) {
    it(`the screens speak ${language}`, async () => {
      const options = await world.browser.extensionPage('options/options.html');
      await until('the languages are there', () => options.page.$('select'));
      await options.page.select('select', language);
      await options.reads(words('options_title', {}, language));
      const page = await world.page();
      const answer = sign(page, REQUEST);
      const window = await world.browser.signWindow();
      await window.reads(words('ask_sign', {}, language));
      await window.press(words('button_once', {}, language));
      await window.reads(counted('sign_title', 1, language));
      assert.equal(await window.page.evaluate(() => document.documentElement.lang), language);
      await window.close();
      await answer;
    });
  }

  it('a key without words shows nowhere', async () => {
    const keys = Object.keys(catalogue('en'));
    for (const file of ['popup/popup.html', 'options/options.html']) {
      const screen = await world.browser.extensionPage(file);
      await screen.reads('Анна');
      const text = await screen.text();
      assert.deepEqual(keys.filter((key) => key.includes('_') && new RegExp(`\\b${key}\\b`).test(text)), []);
    }
  });

  it('no stage takes a yes before it has been on the screen for half a second', async () => {
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    // Who presses everything at once, however the buttons are.
    const lasted = await window.page.evaluate((passwordless) => new Promise((resolve) => {
      /** @type {Record<string, number>} */
      const lasted = {};
      let [stage, since, chosen] = ['', 0, false];
      const press = () => {
        const now = document.querySelector('h1')?.textContent ?? '';
        if (now !== stage) {
          if (stage) lasted[stage] = performance.now() - since;
          [stage, since] = [now, performance.now()];
          if (Object.keys(lasted).length === 0) dispatchEvent(new Event('focus'));
        }
        const card = [...document.querySelectorAll('.card > label')].find((card) => card.textContent?.includes(passwordless));
        if (card && !chosen) {
          /** @type {HTMLElement} */ (card).click();
          [chosen, since] = [true, performance.now()];
        }
        const button = /** @type {HTMLButtonElement | null} */ (document.querySelector('button.primary'));
        if (button) button.disabled = false;
        if (chosen || Object.keys(lasted).length === 0) {
          button?.click();
          document.querySelector('form')?.requestSubmit();
        } else {
          /** @type {HTMLElement | null} */ (document.querySelector('section.certificates > button'))?.click();
        }
        if (Object.keys(lasted).length >= 2) return resolve(lasted);
        setTimeout(press, 10);
      };
      press();
    }), 'asel-nopassword');
    for (const [stage, time] of Object.entries(lasted)) assert.ok(time >= 490, `${stage}: ${time} ms`);
    assert.equal((await answer).items.length, 1);
  });

  it('in a small window, or at 200 %, all of it scrolls, and nothing is cut off', async () => {
    await world.grant(world.always());
    const name = `${'Contract of supply and services '.repeat(30)}2026.txt`;
    const answer = sign(await world.page(), { documents: [{ name, text: 'text' }] });
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    for (const [width, height] of /** @type {const} */ ([[480, 400], [240, 320]])) {
      await window.page.setViewport({ width, height });
      await until('the window is small', () => window.page.evaluate((height) => innerHeight === height, height));
      const { hidden, pageScrolls, wider, shown } = await window.page.evaluate(() => {
        const [body, page] = [/** @type {HTMLElement} */ (document.querySelector('main')), document.documentElement];
        return {
          hidden: body.scrollHeight - body.clientHeight,
          pageScrolls: page.scrollHeight > innerHeight,
          wider: page.scrollWidth - innerWidth,
          shown: /** @type {HTMLElement} */ (document.querySelector('.row-name')).innerText,
        };
      });
      assert.ok(hidden <= 1 && pageScrolls && wider <= 0, JSON.stringify({ hidden, pageScrolls, wider }));
      assert.ok(shown.length < 200 && shown.endsWith('2026.txt'), shown);
    }
    await window.close();
    await answer;
  });

  it('a field takes no key that began elsewhere', async () => {
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(ANNA);
    await window.asksForPassword();
    const taken = await window.page.evaluate(() => {
      const field = /** @type {HTMLElement} */ (document.querySelector('#password'));
      /** @param {string} type @param {string} code @param {boolean} [repeat] @param {EventTarget} [target] */
      const takes = (type, code, repeat = false, target = field) => target.dispatchEvent(new KeyboardEvent(type, { code, repeat, bubbles: true, cancelable: true }));
      return {
        heldElsewhere: takes('keydown', 'KeyA', true),
        letGoHere: takes('keyup', 'KeyB'),
        pressedHere: takes('keydown', 'KeyC'),
        heldHere: takes('keydown', 'KeyC', true),
        letGo: takes('keyup', 'KeyC'),
        begunBeside: takes('keydown', 'KeyD', false, document.body) && takes('keydown', 'KeyD', true),
        enter: takes('keydown', 'Enter'),
        enterHeld: takes('keydown', 'Enter', true),
      };
    });
    assert.deepEqual(taken, { heldElsewhere: false, letGoHere: false, pressedHere: true, heldHere: true, letGo: true, begunBeside: false, enter: true, enterHeld: false });
    await window.close();
    await answer;
  });

  it('a screen reader finds roles and names', async () => {
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.find('heading', words('ask_sign'));
    for (const button of ['button_once', 'button_always', 'button_not_now', 'button_never']) await window.find('button', words(button));
    await window.allowOnce();
    await window.find('heading', counted('sign_title', 1));
    await window.find('radiogroup', words('certificates'));
    await window.choose(ANNA);
    await window.find('password', words('password_of_file', { name: `${ANNA}.p12` }));
    await window.find('button', words('button_cancel'));
    await window.sign('wrong');
    await until('the failure is announced', () => window.has('alert'));
    for (const { name, role } of await interactive(window.page)) assert.ok(name, `a ${role} without a name`);
    await window.close();
    await answer;
    for (const file of ['popup/popup.html', 'options/options.html']) {
      const screen = await world.browser.extensionPage(file);
      await screen.reads('Анна');
      for (const { name, role } of await interactive(screen.page)) assert.ok(name, `a ${role} without a name in ${file}`);
    }
  });

  it('the keyboard unfolds a certificate in the popup', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна');
    assert.ok(!(await popup.text()).includes('RSA 2048'));
    for (let presses = 0; presses < 30; presses += 1) {
      const at = await popup.page.evaluate(() => document.activeElement?.closest('summary')?.innerText ?? '');
      if (at.includes('Анна')) break;
      await popup.page.keyboard.press('Tab');
    }
    await popup.page.keyboard.press('Enter');
    await popup.reads('RSA 2048');
    await popup.page.keyboard.press('Enter');
    await until('it is folded again', async () => !(await popup.text()).includes('RSA 2048'));
  });

  it('Tab goes down the screen and from left to right', async () => {
    await world.grant(world.always());
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    await until('the document is read', () => window.page.$('.row-details'));
    await goesDown(window.page);
    await window.close();
    await answer;
    for (const file of ['popup/popup.html', 'options/options.html']) {
      const screen = await world.browser.extensionPage(file);
      await screen.reads('Анна');
      await goesDown(screen.page);
    }
  });

  it('the popup needs no network: it may not even use it', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна');
    const forbidden = await popup.page.evaluate((address) => new Promise((resolve) => {
      addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective));
      fetch(address).catch(() => {});
    }), world.site.origin);
    assert.equal(forbidden, 'connect-src');
  });

});

inBrowsers('many certificates', [], (world) => {
  it(`the popup shows ${MANY}`, async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await until('all are shown', async () => (await popup.page.$$('li.card')).length === MANY);
    await popup.reads(`№ ${MANY}`);
    await popup.page.type('input[type=search]', `MORE-0${MANY}`);
    await popup.reads(words('certificates_found', { found: '1', total: `${MANY}` }));
    assert.equal((await popup.page.$$('li.card')).length, 1);
    await popup.reads(`№ ${MANY}`);
  });
}, { more: MANY });

inBrowsers('dark', [ANNA], (world) => {
  it('the screens are dark where the system is', async () => {
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    for (const screen of [window, await world.browser.extensionPage('popup/popup.html'), await world.browser.extensionPage('options/options.html')]) {
      const [background, text] = await screen.page.evaluate(() => {
        const { backgroundColor, color } = getComputedStyle(document.body);
        return [backgroundColor, color].map((color) => (color.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number).reduce((sum, part) => sum + part, 0));
      });
      assert.ok(background < 200 && text > 500, `${background} under ${text}`);
    }
    await window.close();
    await answer;
  });
}, { dark: true });

/**
 * From the top of the page, each press of Tab goes to something below, or beside it to the right.
 *
 * @param {import('puppeteer-core').Page} page
 */
async function goesDown(page) {
  await page.evaluate(() => {
    const start = document.createElement('div');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
  });
  const places = [];
  for (;;) {
    await page.keyboard.press('Tab');
    const place = await page.evaluate(() => {
      const active = document.activeElement;
      if (!active || active === document.body || active.hasAttribute('data-visited')) return null;
      active.setAttribute('data-visited', '');
      const { left, top, bottom } = (active.closest('label') ?? active).getBoundingClientRect();
      // The page scrolls to what has the focus, and so does a part of it.
      let scrolled = 0;
      for (let around = active.parentElement; around; around = around.parentElement) scrolled += around.scrollTop;
      return { left, top: top + scrolled, bottom: bottom + scrolled, name: active.outerHTML.slice(0, 80) };
    });
    if (!place) break;
    places.push(place);
  }
  assert.ok(places.length > 1, 'Tab goes somewhere');
  for (const [index, { left, top, name }] of places.entries()) {
    const before = places[index - 1];
    if (!before) continue;
    assert.ok(top >= before.bottom - 1 || left > before.left, `${name} after ${before.name}`);
  }
}

/**
 * Everything that can be operated, with the name that a screen reader says.
 *
 * @param {import('puppeteer-core').Page} page
 * @returns {Promise<{role: string, name: string}[]>}
 */
async function interactive(page) {
  const found = [];
  for (const role of ['button', 'textbox', 'radio', 'combobox', 'link', 'checkbox']) {
    const all = await page.$$(`::-p-aria([role="${role}"])`);
    for (const handle of all) {
      const name = await handle.evaluate((element) => {
        const { labels } = /** @type {HTMLInputElement} */ (element);
        const labelled = element.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent).join(' ');
        return element.getAttribute('aria-label') || labelled || [...(labels ?? [])].map((label) => label.textContent).join(' ') || element.textContent;
      });
      found.push({ role, name: name.trim() });
    }
  }
  return found;
}
