/** Who may ask, and who may not. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { getCertificate, sign } from './page.js';
import { words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };

inBrowsers('permission', ['anna-rsa2048'], (world) => {
  const password = () => world.people.password('anna-rsa2048');
  const badge = () => world.settings.page.evaluate(() => (globalThis.browser ?? chrome).action.getBadgeText({}));
  const refusals = () => world.settings.page.evaluate(async () => {
    const { refusals } = await (globalThis.browser ?? chrome).storage.local.get({ refusals: [] });
    return /** @type {any[]} */ (refusals);
  });
  /** Ends the waits of refused sites, as their time does. Gives the refusals as they were. */
  const endWaits = () => world.settings.page.evaluate(async () => {
    const { local } = (globalThis.browser ?? chrome).storage;
    const refusals = /** @type {any[]} */ ((await local.get({ refusals: [] })).refusals);
    await local.set({ refusals: refusals.map((refusal) => ({ ...refusal, until: Date.now() - 1 })) });
    return refusals;
  });

  /**
   * The popup as it is over a page, which only a press of the icon tells it.
   *
   * @param {string} url
   */
  async function popupOver(url) {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.page.evaluate(async (url) => {
      (globalThis.browser ?? chrome).tabs.query = /** @type {any} */ (async () => [{ url }]);
      document.getElementById('root')?.replaceChildren();
      await import(`${location.origin}/popup/popup.js?over`);
    }, url);
    return popup;
  }

  it('once is for once', async () => {
    const page = await world.page();
    for (const _ of ['first', 'second']) {
      const answer = sign(page, REQUEST);
      const window = await world.browser.signWindow();
      await window.asks();
      await window.allowOnce();
      await window.sign(password());
      assert.equal((await answer).items.length, 1);
      await window.closed();
    }
  });

  it('always asks no more, until it is revoked in the options', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    let window = await world.browser.signWindow();
    await window.press(words('button_always'));
    await window.sign(password());
    assert.equal((await first).items.length, 1);
    await window.closed();
    // A port of this computer may be another program's tomorrow: it is not on the disk.
    const { grants } = await world.settings.page.evaluate(() => (globalThis.browser ?? chrome).storage.local.get('grants'));
    assert.deepEqual(grants, []);
    assert.equal((await world.grants())[0].decision, 'always');

    const second = sign(page, REQUEST);
    window = await world.browser.signWindow();
    await window.sign(password());
    assert.equal((await second).items.length, 1);
    await window.closed();

    const options = await world.browser.extensionPage('options/options.html');
    const revoke = words('revoke_grant', { site: world.site.origin, what: words('grant_sign_always') });
    await options.press(revoke);
    await options.reads(words('no_grants'));
    await options.page.close();

    const third = sign(page, REQUEST);
    window = await world.browser.signWindow();
    await window.asks();
    await window.close();
    assert.equal((await third).code, 'PERMISSION_DENIED');
  });

  it('never is for good, and for this site alone', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    await (await world.browser.signWindow()).press(words('button_never'));
    assert.equal((await first).code, 'PERMISSION_DENIED');
    await world.browser.noSignWindow();
    assert.equal((await sign(page, REQUEST)).code, 'PERMISSION_DENIED');
    assert.equal((await world.browser.signWindows()).length, 0);

    const frame = await addFrame(page, `${world.site.otherOrigin}/blank`);
    assert.equal((await sign(frame, REQUEST)).code, 'PERMISSION_DENIED');
    const subdomain = await world.page(world.site.origin.replace('localhost', 'www.localhost'));
    assert.equal((await sign(subdomain, REQUEST)).code, 'PERMISSION_DENIED');
    assert.equal((await world.browser.signWindows()).length, 0);

    const other = sign(await world.page(world.site.otherOrigin), REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    await window.close();
    await other;
  });

  for (const [how, refuse] of /** @type {const} */ ([
    ['not now', (window) => window.press(words('button_not_now'))],
    ['closing the question', (window) => window.close()],
  ])) {
    it(`${how} keeps the site from asking again at once`, async () => {
      const page = await world.page();
      const first = sign(page, REQUEST);
      const window = await world.browser.signWindow();
      await window.asks();
      await refuse(window);
      assert.equal((await first).code, 'PERMISSION_DENIED');
      await world.browser.noSignWindow();
      for (let attempt = 0; attempt < 20; attempt += 1) {
        assert.equal((await sign(page, REQUEST)).code, 'PERMISSION_DENIED');
      }
      assert.equal((await world.browser.signWindows()).length, 0);
    });
  }

  it('a question that the page takes back is refused, however long it stood', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    let window = await world.browser.signWindow();
    await window.asks();
    // As if it stood for longer than a refusal lasts.
    await endWaits();
    await page.evaluate(() => /** @type {any} */ (globalThis).abort());
    assert.equal((await first).code, 'CANCELLED');
    await world.browser.noSignWindow();
    assert.equal((await sign(page, REQUEST)).code, 'PERMISSION_DENIED');

    // So it is by removing the frame that asked.
    const another = await world.page(world.site.otherOrigin);
    const address = `${world.site.origin}/blank`;
    const frame = await addFrame(another, address.replace('localhost', '127.0.0.1'));
    sign(frame, REQUEST).catch(() => {});
    window = await world.browser.signWindow();
    await window.asks();
    await another.evaluate(() => document.querySelector('iframe')?.remove());
    await world.browser.noSignWindow();
    const again = await addFrame(another, address.replace('localhost', '127.0.0.1'));
    assert.equal((await sign(again, REQUEST)).code, 'PERMISSION_DENIED');
  });

  for (const [where, requester] of /** @type {const} */ ([
    ['a page', async (page) => page],
    ['a frame', (page) => addFrame(page, `${world.site.otherOrigin}/blank`)],
  ])) {
    it(`a reload during the question of ${where} refuses nobody`, async () => {
      const page = await world.page();
      for (let time = 0; time < 2; time += 1) {
        // Nobody waits for the answer: Firefox's driver would evaluate it once more in the page that comes.
        await (await requester(page)).evaluate(() => void tamga.sign({ documents: [{ name: 'a.txt', content: 'text' }] }).catch(() => {}));
        const window = await world.browser.signWindow();
        await window.asks();
        await page.reload();
        await world.browser.noSignWindow();
        await page.mouse.click(1, 1);
      }
      assert.deepEqual(await refusals(), []);
      const answer = sign(await requester(page), REQUEST);
      const window = await world.browser.signWindow();
      await window.allowOnce();
      await window.sign(password());
      assert.equal((await answer).items.length, 1);
    });
  }

  it('the popup says when a refused site may ask again, and lets it ask now', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    await (await world.browser.signWindow()).press(words('button_not_now'));
    assert.equal((await first).code, 'PERMISSION_DENIED');
    assert.equal((await refusals()).length, 1);
    const popup = await popupOver(page.url());
    await popup.reads(words('refusal_sign'));
    await popup.press(words('ask_again', { site: world.site.origin }));
    await until('nothing is refused', async () => (await refusals()).length === 0);
    await page.bringToFront();
    const second = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    await window.close();
    await second;
  });

  it('a page that the person has not touched waits behind the icon, and learns nothing', async () => {
    const page = await world.browser.puppeteer.newPage();
    await page.goto(`${world.site.origin}/asks`);
    await until('the icon says that something waits', async () => (await badge()) === '1');
    assert.equal((await world.browser.signWindows()).length, 0);
    const { status, progress } = await page.evaluate(async () => {
      const { told, progress } = /** @type {any} */ (window);
      return { status: await told, progress };
    });
    assert.deepEqual(status, { apiVersion: 1, extensionVersion: null, hostVersion: null, problem: null });
    assert.deepEqual(progress, [{ phase: 'waiting', done: 0, total: 1 }]);

    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('waiting_sign'));
    await popup.press(words('open_request', { site: world.site.origin }));
    const window = await world.browser.signWindow();
    assert.equal(await badge(), '');
    await window.allowOnce();
    await window.sign(password());
    assert.deepEqual(await page.evaluate(() => /** @type {any} */ (window).answer), { items: 1 });

    // Its own reload is no touch, whatever the browser remembers.
    await page.mouse.click(1, 1);
    await page.evaluate(() => void setTimeout(() => location.reload(), 100));
    await until('it waits again', async () => (await badge()) === '1');
    assert.equal((await world.browser.signWindows()).length, 0);
    await page.mouse.click(1, 1);
    assert.match((await page.evaluate(() => tamga.status())).extensionVersion, /^\d/);
  });

  it('nothing comes up over another tab, and too many requests do not wait', async () => {
    const pages = [await world.page(), await world.page(), await world.page()];
    await world.page(world.site.otherOrigin);
    const answers = [];
    for (const [index, page] of pages.slice(0, 2).entries()) {
      answers.push(sign(page, REQUEST).catch(() => null)); // one of them is closed
      await until('it waits', async () => (await badge()) === `${index + 1}`);
    }
    assert.equal((await sign(pages[2], REQUEST)).code, 'NOT_ANSWERED');
    // A press in the page itself counts for more than what it asked before.
    const [before] = answers.splice(0, 1, sign(pages[0], REQUEST));
    assert.equal((await before)?.code, 'NOT_ANSWERED');
    await until('it waits', async () => (await badge()) === '2');
    assert.equal((await world.browser.signWindows()).length, 0);
    await pages[1].close();
    await until('it waits no more', async () => (await badge()) === '1');
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.press(words('dismiss_request', { site: world.site.origin }));
    assert.equal((await answers[0])?.code, 'CANCELLED');
    await until('nothing waits', async () => (await badge()) === '');
  });

  it('thousands of requests of one page do not keep another site waiting', async () => {
    const hostile = await world.page();
    await hostile.evaluate(async () => {
      const frames = Array.from({ length: 20 }, () => Object.assign(document.createElement('iframe'), { src: location.href }));
      const loaded = frames.map((frame) => new Promise((done) => frame.addEventListener('load', done)));
      document.body.append(...frames);
      await Promise.all(loaded);
      Object.assign(window, { codes: {} });
      for (const frame of [window, ...frames.map(({ contentWindow }) => /** @type {Window} */ (contentWindow))]) {
        for (let count = 0; count < 150; count += 1) {
          /** @type {any} */ (frame).tamga.sign({ documents: [{ name: 'a.txt', content: 'text' }] }).catch((/** @type {{code: string}} */ { code }) => {
            const { codes } = /** @type {any} */ (window);
            codes[code] = (codes[code] ?? 0) + 1;
          });
        }
      }
    });
    await world.browser.signWindow();
    const page = await world.page(world.site.otherOrigin);
    // The window that the hostile page has got is in front of it.
    await page.bringToFront();
    const answer = sign(page, REQUEST);
    const window = await until('its window opens', async () => {
      for (const window of await world.browser.signWindows()) {
        if ((await window.text()).includes(new URL(world.site.otherOrigin).host)) return window;
      }
    }, 20_000);
    await window.close();
    await answer;
    await until('the others are answered', () => hostile.evaluate(() => /** @type {any} */ (window).codes.BUSY > 3_000));
  });

  it('a refused site may ask again later', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    await (await world.browser.signWindow()).press(words('button_not_now'));
    await first;
    await world.browser.noSignWindow();
    const [{ origin, scope, until }] = await endWaits();
    assert.deepEqual([origin, scope], [world.site.origin, 'sign']);
    assert.ok(until > Date.now() && until < Date.now() + 11_000, `${until - Date.now()} ms`);
    const second = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    await window.close();
    await second;
  });

  it('to see a certificate is not to sign', async () => {
    const page = await world.page();
    const certificate = getCertificate(page);
    let window = await world.browser.signWindow();
    await window.asks('ask_certificate');
    await window.press(words('button_always'));
    await window.press(words('button_release'));
    assert.match((await certificate).id, /^[0-9a-f]{64}$/);
    await window.closed();

    const answer = sign(page, REQUEST);
    window = await world.browser.signWindow();
    await window.asks('ask_sign');
    await window.press(words('button_not_now'));
    assert.equal((await answer).code, 'PERMISSION_DENIED');
  });

  it('a frame of the same site is the site', async () => {
    const page = await world.page();
    const frame = await addFrame(page, `${world.site.origin}/blank`);
    const answer = sign(frame, REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    assert.ok(!(await window.text()).includes(words('site_framed')));
    await window.press(words('button_always'));
    await window.sign(password());
    assert.equal((await answer).items.length, 1);
  });

  it('a frame of another site needs its own permission, and both are shown', async () => {
    await world.grant(world.always(world.site.otherOrigin));
    const page = await world.page();
    const frame = await addFrame(page, `${world.site.otherOrigin}/blank`);
    const answer = sign(frame, REQUEST);
    const window = await world.browser.signWindow();
    await window.asks();
    const text = await window.text();
    for (const shown of [new URL(world.site.origin).host, new URL(world.site.otherOrigin).host, words('site_framed')]) {
      assert.ok(text.includes(shown), `${shown} in\n${text}`);
    }
    await window.allowOnce();
    await window.sign(password());
    assert.equal((await answer).items.length, 1);
  });

  it('plain http is refused without a window', async () => {
    const page = await world.page(world.site.insecureOrigin);
    assert.equal((await sign(page, REQUEST)).code, 'ORIGIN_INSECURE');
    assert.equal((await getCertificate(page)).code, 'ORIGIN_INSECURE');
    assert.equal((await world.browser.signWindows()).length, 0);
  });

  it('a frame without an origin is refused without a window', async () => {
    const page = await world.page();
    const frame = await addFrame(page, `${world.site.origin}/blank`, 'allow-scripts');
    assert.equal((await sign(frame, REQUEST)).code, 'ORIGIN_INSECURE');
    assert.equal((await world.browser.signWindows()).length, 0);
  });

  it('a page cannot lie about who it is', async () => {
    const page = await world.page();
    const answers = page.evaluate(() => new Promise((resolve) => {
      const id = 'f'.repeat(32);
      addEventListener('message', ({ data }) => {
        if (data?.tamga && data.id === id && data.kind !== 'request' && data.kind !== 'progress') resolve(data);
      });
      const command = { type: 'sign', origin: 'https://bank.example', topOrigin: null, documents: [{ name: 'a.txt', content: new Blob(['text']) }] };
      postMessage({ tamga: 1, kind: 'request', id, origin: 'https://bank.example', sender: { origin: 'https://bank.example' }, command });
    }));
    let answered = false;
    answers.then(() => { answered = true; }, () => {});
    await until('it is answered, or asked about', async () => answered || (await world.browser.signWindows()).length > 0);
    for (const window of await world.browser.signWindows()) assert.ok(!(await window.text()).includes('bank.example'));
  });
});

/**
 * A frame in the page, which the person has touched.
 *
 * @param {import('puppeteer-core').Page} page
 * @param {string} url
 * @param {string} [sandbox]
 */
async function addFrame(page, url, sandbox) {
  const element = await page.evaluateHandle((url, sandbox) => new Promise((resolve) => {
    const frame = document.createElement('iframe');
    if (sandbox) frame.setAttribute('sandbox', sandbox);
    frame.onload = () => resolve(frame);
    frame.src = url;
    document.body.append(frame);
  }), url, sandbox);
  const frame = await element.asElement().contentFrame();
  await (await frame.$('h1')).click();
  return frame;
}
