/** The sign window where the person chooses a certificate, looks at documents and gives the password. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { pattern, sign } from './page.js';
import { counted, ofDocument, words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const ANNA = 'anna-rsa2048';

inBrowsers('choosing', [ANNA, 'aigul-p256', 'oleg-expired'], (world) => {
  it('the keyboard is enough, from the page to the signature', async () => {
    const page = await world.page();
    await page.evaluate(() => {
      const button = document.body.appendChild(document.createElement('button'));
      button.textContent = 'Sign';
      button.addEventListener('click', () => {
        const documents = [{ name: 'a.txt', content: 'text' }];
        const answer = tamga.sign({ documents }).then(({ items }) => items[0].signature.arrayBuffer());
        Object.assign(window, { answer: answer.then((bytes) => [...new Uint8Array(bytes)]) });
      });
    });
    await page.bringToFront();
    await until('the keyboard is on the button', async () => {
      await page.keyboard.press('Tab');
      return (await page.evaluate(() => document.activeElement?.textContent)) === 'Sign';
    });
    await page.keyboard.press('Enter');
    const window = await world.browser.signWindow();
    await until('yes can be said', () => window.page.$('button.primary:enabled'));
    const { keyboard } = window.page;
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    // Several certificates fit: the keyboard is in the list.
    await window.reads(words('choose_certificate'));
    assert.equal(await focused(window), 'radio');
    await choosesByArrow(window, ANNA);
    await tabTo(window, 'password');
    await keyboard.type(world.people.password(ANNA));
    await until('it can be signed', () => window.page.$('button.primary:enabled'));
    await keyboard.press('Enter');
    const signature = Buffer.from(await page.evaluate(() => /** @type {any} */ (globalThis).answer));
    assert.ok(world.people.verify(signature, { content: Buffer.from('text'), cades: true }).accepted);
  });

  it('of several certificates nothing is chosen, and each site has the one that was used on it last', async () => {
    await world.grant(world.always(), world.always(world.site.otherOrigin));
    const opens = async (/** @type {string} */ origin) => {
      const answer = sign(await world.page(origin), REQUEST);
      const window = await world.browser.signWindow();
      await window.certificate(ANNA);
      return { answer, window, chosen: () => window.page.$eval('.card > label:has(input:checked)', (card) => /** @type {HTMLElement} */ (card).innerText) };
    };
    for (const [origin, person] of /** @type {const} */ ([[world.site.origin, 'aigul-p256'], [world.site.otherOrigin, ANNA]])) {
      const { answer, window } = await opens(origin);
      assert.equal(await window.page.$('.card input:checked'), null);
      assert.equal(await window.page.$('#password'), null);
      await window.choose(person);
      await window.sign(world.people.password(person));
      assert.equal((await answer).items.length, 1);
      await window.closed();
    }
    for (const [origin, person] of /** @type {const} */ ([[world.site.origin, 'aigul-p256'], [world.site.otherOrigin, ANNA]])) {
      const { answer, window, chosen } = await opens(origin);
      await until('it is chosen', async () => (await chosen()).includes(person));
      await window.find('password', words('password_of_file', { name: `${person}.p12` }));
      await window.press(words('button_change_signer'));
      assert.equal(await focused(window), 'radio');
      await window.close();
      await answer;
    }
  });

  it('the eye shows what was typed, and no longer than the person is at it', async () => {
    await world.grant(world.always());
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    const field = await window.asksForPassword();
    await field.type('secret');
    const type = () => window.page.$eval('#password', (field) => /** @type {HTMLInputElement} */ (field).type);
    const eye = await window.find('button', words('button_show_secret'));
    const pressed = () => eye.evaluate((eye) => eye.getAttribute('aria-pressed'));
    assert.deepEqual([await type(), await pressed()], ['password', 'false']);
    await eye.click();
    assert.deepEqual([await type(), await pressed()], ['text', 'true']);
    assert.equal(await field.evaluate((field) => /** @type {HTMLInputElement} */ (field).value), 'secret');
    // Back in the field it is still shown; elsewhere it is not.
    await field.click();
    assert.equal(await type(), 'text');
    await window.page.keyboard.press('Tab');
    await window.page.keyboard.press(' ');
    assert.equal(await type(), 'password');
    await window.page.keyboard.press(' ');
    assert.equal(await type(), 'text');
    await window.page.focus('#title');
    await until('it is hidden', async () => (await type()) === 'password');
    // What is shown is sent like what is not, and hidden then.
    await eye.click();
    await field.click({ count: 3 });
    await field.type(world.people.password(ANNA));
    await window.press(words('button_sign'));
    assert.equal((await answer).items.length, 1);
  });

  it('Caps Lock and Cyrillic letters are said before they cost a try', async () => {
    await world.grant(world.always());
    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    const field = await window.asksForPassword();
    const said = () => window.page.$eval('#password-keyboard', (line) => [line.getAttribute('role'), line.textContent]);
    assert.deepEqual(await said(), ['status', '']);
    const press = (/** @type {boolean} */ modifierCapsLock) => field.evaluate((field, modifierCapsLock) => {
      for (const type of ['keydown', 'keyup']) field.dispatchEvent(new KeyboardEvent(type, { code: 'KeyA', bubbles: true, cancelable: true, modifierCapsLock }));
    }, modifierCapsLock);
    await press(true);
    assert.deepEqual(await said(), ['status', words('caps_lock_on')]);
    await press(false);
    assert.deepEqual(await said(), ['status', '']);
    await field.type('пароль');
    assert.deepEqual(await said(), ['status', words('cyrillic_typed')]);
    await field.click({ count: 3 });
    await field.type('wrong');
    assert.deepEqual(await said(), ['status', '']);
    // A wrong password says what to do about it, too.
    await window.press(words('button_sign'));
    await window.reads(words('error_PASSWORD_WRONG'));
    await window.reads(words('help_PASSWORD_WRONG'));
    await window.close();
    await answer;
  });

  for (const count of [25, 1000]) {
    it(`${count} documents: a few are shown, the rest on request, and all are signed`, async () => {
      await world.grant(world.always());
      const documents = Array.from({ length: count }, (_, index) => ({ name: `document-${index}.txt`, text: `Text ${index}` }));
      const answer = sign(await world.page(), { documents });
      const window = await world.browser.signWindow();
      await window.choose('aigul-p256');
      await window.find('heading', counted('sign_title', count));
      assert.equal((await window.page.$$('.documents .row')).length, 4);
      await window.press(counted('more_documents', count - 4));
      await until('more are shown', async () => (await window.page.$$('.documents .row')).length === Math.min(count, 104));
      if (count > 104) await window.find('button', counted('more_documents', count - 104));
      await window.find('button', ofDocument('button_show_text', 'document-24.txt'));
      await window.sign(world.people.password('aigul-p256'));
      const { items } = await answer;
      assert.equal(items.length, count);
      const last = count - 1;
      assert.ok(world.people.verify(items[last].signature, { content: Buffer.from(`Text ${last}`), cades: true }).accepted);
    });
  }

  it('a copy that is saved is what is signed', async () => {
    await world.grant(world.always());
    const size = (1 << 20) + 5;
    const answer = sign(await world.page(), { documents: [{ name: 'large.bin', size }, { name: 'a.txt', text: 'text' }] });
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    await window.page.evaluate(() => {
      URL.createObjectURL = (blob) => ((/** @type {any} */ (globalThis).saved = blob), 'about:blank');
      HTMLAnchorElement.prototype.click = function click() {
        Object.assign(globalThis, { savedAs: this.download });
      };
    });
    await window.press(ofDocument('button_save_copy', 'large.bin'));
    const digest = await until('it is saved', () => window.page.evaluate(async () => {
      const { saved, savedAs } = /** @type {any} */ (globalThis);
      if (!savedAs) return;
      const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', await saved.arrayBuffer()));
      return { name: savedAs, size: saved.size, digest: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
    }));
    await window.showDigests();
    await window.reads(digest.digest);
    assert.deepEqual([digest.name, digest.size], ['large.bin', size]);
    await window.reads(words('not_looked_at', { count: '1', total: '2' }));
    await window.sign(world.people.password(ANNA));
    const { items } = await answer;
    assert.ok(world.people.verify(items[0].signature, { content: pattern(size), cades: true }).accepted);
  });
});

/** @param {import('./screen.js').Screen} window @returns {Promise<string>} the type of what has the focus */
function focused(window) {
  return window.page.evaluate(() => /** @type {HTMLInputElement} */ (document.activeElement)?.type ?? '');
}

/** @param {import('./screen.js').Screen} window @param {string} type */
async function tabTo(window, type) {
  for (let presses = 0; presses < 30; presses += 1) {
    if ((await focused(window)) === type) return;
    await window.page.keyboard.press('Tab');
  }
  assert.fail(`Tab never comes to a ${type}`);
}

/** @param {import('./screen.js').Screen} window @param {string} file */
async function choosesByArrow(window, file) {
  for (let presses = 0; presses < 5; presses += 1) {
    const label = await window.page.evaluate(() => /** @type {HTMLElement | null} */ (document.activeElement?.closest('label'))?.innerText ?? '');
    if (label.includes(file)) return window.page.keyboard.press(' ');
    await window.page.keyboard.press('ArrowDown');
  }
  assert.fail(`the arrows never come to ${file}`);
}
