/** Who may ask, and who may not. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { getCertificate, sign } from './page.js';
import { words } from './screen.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };

inBrowsers('permission', ['anna-rsa2048'], (world) => {
  const password = () => world.people.password('anna-rsa2048');

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

  it('a refused site may ask again later', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    await (await world.browser.signWindow()).press(words('button_not_now'));
    await first;
    await world.browser.noSignWindow();
    const { doors } = await world.settings.page.evaluate(() => (globalThis.browser ?? chrome).storage.local.get('doors'));
    const [[door, until]] = Object.entries(doors);
    assert.equal(door, `sign ${world.site.origin} -`);
    assert.ok(until > Date.now() && until < Date.now() + 11_000, `${until - Date.now()} ms`);
    // As it stands when the time is over.
    await world.settings.page.evaluate((doors) => (globalThis.browser ?? chrome).storage.local.set({ doors }), { [door]: Date.now() - 1 });
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
    const shown = world.browser.signWindow().then((window) => window.text());
    const first = await Promise.race([answers.then(() => ''), shown]);
    assert.ok(!first.includes('bank.example'), first);
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
