/** What goes wrong ends in one coded failure, and the next click works. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { inBrowsers, it } from './harness.js';
import { getCertificate, sign } from './page.js';
import { words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const ANNA = 'anna-rsa2048';

inBrowsers('failures', [ANNA, 'aigul-p256'], (world) => {
  /** @param {import('./page.js').Answer} answer */
  function accepted({ items }) {
    const verdict = world.people.verify(items[0].signature, { content: Buffer.from('text'), cades: true });
    assert.ok(verdict.accepted, verdict.output);
  }

  it('a wrong password can be corrected', async () => {
    const page = await world.page();
    const answer = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(ANNA);
    await window.sign('wrong');
    await window.fails('PASSWORD_WRONG');
    await window.sign(world.people.password(ANNA));
    accepted(await answer);
  });

  it('a second request of the same tab is BUSY, and the first goes on', async () => {
    const page = await world.page();
    const first = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    assert.equal((await sign(page, REQUEST)).code, 'BUSY');
    assert.equal((await getCertificate(page)).code, 'BUSY');
    assert.equal((await world.browser.signWindows()).length, 1);
    await window.allowOnce();
    await window.choose(ANNA);
    await window.sign(world.people.password(ANNA));
    accepted(await first);
  });

  it('two tabs at once do not get into each other’s way', async () => {
    const [one, two] = [await world.page(), await world.page(world.site.otherOrigin)];
    await one.bringToFront();
    const first = sign(one, { documents: [{ name: 'one.txt', text: 'text' }] });
    const firstWindow = await world.browser.signWindow();
    const address = await firstWindow.page.evaluate(() => location.href);
    await two.bringToFront();
    const second = sign(two, { documents: [{ name: 'two.txt', text: 'text' }] });
    const secondWindow = await world.browser.signWindow((other) => other !== address);
    for (const [window, name, origin] of /** @type {const} */ ([[secondWindow, 'two.txt', world.site.otherOrigin], [firstWindow, 'one.txt', world.site.origin]])) {
      await window.allowOnce();
      await window.choose(ANNA);
      const text = await window.text();
      assert.ok(text.includes(name) && text.includes(new URL(origin).host), text);
      await window.sign(world.people.password(ANNA));
    }
    const answers = await Promise.all([first, second]);
    assert.deepEqual(answers.map(({ items }) => items[0].name), ['one.txt', 'two.txt']);
    answers.forEach(accepted);
  });

  it('the worker may die in the middle', async () => {
    const page = await world.page();
    const answer = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(ANNA);
    await world.workerDies();
    await window.sign(world.people.password(ANNA));
    accepted(await answer);
    await world.browser.noSignWindow();

    // It also knows no more of windows that it opened before.
    const next = sign(page, REQUEST);
    const another = await world.browser.signWindow();
    await world.workerDies();
    await another.close();
    assert.match((await next).code, /CANCELLED|PERMISSION_DENIED/);
  });

  for (const [when, size] of /** @type {const} */ ([['while the person reads', 4], ['while it reads a document', 400 << 20]])) {
    it(`the host may be killed ${when}`, async () => {
      const page = await world.page();
      const answer = sign(page, { documents: [{ name: 'a.txt', ...(size === 4 ? { text: 'text' } : { size }) }] });
      const window = await world.browser.signWindow();
      await window.allowOnce();
      await window.choose(ANNA);
      const [host] = await until('the host runs', () => world.hosts().length === 1 && world.hosts());
      process.kill(host, 'SIGKILL');
      await window.fails('HOST_STOPPED');
      if (size === 4) {
        await window.press(words('button_try_again'));
        await window.choose(ANNA);
        await window.sign(world.people.password(ANNA));
        accepted(await answer);
      } else {
        await window.press(words('button_close'));
        assert.equal((await answer).code, 'HOST_STOPPED');
      }
    });
  }

  for (const when of ['before', 'while']) {
    it(`a document that is cut short ${when} it is read is not signed`, async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'tamga-document-'));
      const file = path.join(folder, 'cut.bin');
      writeFileSync(file, '');
      truncateSync(file, 400 << 20);
      const page = await world.page();
      const input = await page.$('input[type=file]');
      await input.uploadFile(file);
      const answer = sign(page, { documents: [{ name: 'cut.bin' }] });
      const window = await world.browser.signWindow();
      await window.find('button', words('button_once'));
      if (when === 'before') truncateSync(file, 100 << 20);
      await window.allowOnce();
      if (when === 'while') {
        await until('the host reads', async () => (await page.evaluate(() => /** @type {any} */ (globalThis).progress.at(-1)?.bytes)) > 0);
        truncateSync(file, 1000);
      }
      await window.fails('CONTENT_CHANGED');
      await window.press(words('button_close'));
      assert.equal((await answer).code, 'CONTENT_CHANGED');
      rmSync(folder, { recursive: true });
    });
  }

  /** @param {import('puppeteer-core').Page} page @param {string} [body] */
  const rewrite = (page, body = '') => page.evaluate((body) => {
    document.open();
    document.write(`<!doctype html><title>Rewritten</title><h1>Rewritten</h1><input type="file">${body}`);
    document.close();
  }, body);

  /** @param {Promise<import('./page.js').Answer>} answer */
  async function goesOn(answer) {
    const window = await world.browser.signWindow();
    if ((/** @type {any[] | undefined} */ (await world.grants()) ?? []).length === 0) await window.allowOnce();
    await window.choose(ANNA);
    await window.sign(world.people.password(ANNA));
    accepted(await answer);
    await window.reads(words('signed'));
    await window.closed();
  }

  it('a page that rewrites itself signs, also one that does so while the window is open', async () => {
    const page = await world.page();
    await rewrite(page);
    const answer = sign(page, REQUEST);
    await world.browser.signWindow();
    await rewrite(page);
    await goesOn(answer);
    await rewrite(page);
    await goesOn(sign(page, REQUEST));
    // A script in the document that is being written asks at once.
    await rewrite(page, '<script>window.status_ = tamga.status().then(() => "answered", (error) => error.code)</script>');
    assert.equal(await page.evaluate(() => /** @type {any} */ (globalThis).status_), 'answered');
  });

  it('a popup that a script fills signs', async () => {
    const page = await world.page();
    const popup = new Promise((resolve) => page.once('popup', resolve));
    await page.evaluate(() => {
      const popup = /** @type {Window} */ (window.open('', 'print', 'popup,width=600,height=400'));
      popup.document.write('<!doctype html><title>To print</title><h1>To print</h1>');
      popup.document.close();
    });
    const filled = /** @type {import('puppeteer-core').Page} */ (await popup);
    await filled.click('h1');
    await goesOn(sign(filled, REQUEST));
  });

  it('a page that comes back from the browser’s cache has its answer, and asks again', async (context) => {
    // Who may ask is asked nothing: leaving is no answer here.
    await world.grant(world.always());
    const page = await world.page();
    await page.evaluate((request) => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(window, { persisted }));
      const documents = request.documents.map(({ name, text }) => ({ name, content: text }));
      const outcome = tamga.sign({ documents }).catch((error) => error.code);
      Object.assign(window, { outcome });
    }, REQUEST);
    await (await world.browser.signWindow()).choose(ANNA);
    await page.goto(`${world.site.origin}/blank?other`);
    await world.browser.noSignWindow();
    // Firefox's driver waits for a load that does not come.
    await page.goBack({ waitUntil: world.name === 'firefox' ? [] : 'load' });
    await until('the page is back', () => page.evaluate(() => !location.search).catch(() => false));
    const persisted = await page.evaluate(() => /** @type {any} */ (globalThis).persisted === true);
    if (persisted) {
      const outcome = await page.evaluate(() => Promise.race([/** @type {any} */ (globalThis).outcome, new Promise((resolve) => setTimeout(resolve, 5000, 'nothing'))]));
      assert.equal(outcome, 'CANCELLED');
    } else {
      console.log(`    SKIPPED: ${world.name} did not keep the page`);
      assert.notEqual(world.name, 'firefox');
    }
    await page.click('h1');
    await goesOn(sign(page, REQUEST));
  });

  for (const [what, request] of Object.entries({
    'no documents': { documents: [] },
    'a format that does not exist': { ...REQUEST, format: 'pades' },
    'an attached digest': { hashes: [{ name: 'a', algorithm: 'SHA-256', value: '00'.repeat(32) }], detached: false },
    'a digest that is too short': { hashes: [{ name: 'a', algorithm: 'SHA-256', value: '00' }] },
    'a name that is too long': { documents: [{ name: 'a'.repeat(1025), text: 'text' }] },
    'a password': { ...REQUEST, password: 'secret' },
  })) {
    it(`a request with ${what} is malformed`, async () => {
      assert.equal((await sign(await world.page(), request)).code, 'REQUEST_MALFORMED');
      await world.browser.noSignWindow();
    });
  }

  it('a certificate that is not there is not found', async () => {
    await world.grant(world.always());
    const answer = sign(await world.page(), { ...REQUEST, certificate: '0'.repeat(64) });
    const window = await world.browser.signWindow();
    await window.fails('CERTIFICATE_NOT_FOUND');
    await window.press(words('button_close'));
    assert.equal((await answer).code, 'CERTIFICATE_NOT_FOUND');
  });

  it('a refused site learns the code, with a sentence for its developer, when it may ask again, and nothing else', async () => {
    const answer = sign(await world.page(), REQUEST);
    await (await world.browser.signWindow()).press(words('button_not_now'));
    assert.deepEqual((await answer).keys.sort(), ['code', 'message', 'name', 'retryAfter']);
  });
}, { preferences: { 'extensions.background.idle.timeout': 1500 } });

inBrowsers('without a host', [], (world) => {
  it('the window says what to install, and goes on when it is there', async () => {
    const page = await world.page();
    assert.equal((await page.evaluate(() => tamga.status())).problem, 'HOST_MISSING');
    const answer = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.fails('HOST_MISSING');
    world.browser.addKeyFile(world.people.file(ANNA), world.people.password(ANNA));
    world.browser.register();
    await window.press(words('button_try_again'));
    await window.allowOnce();
    await window.sign(world.people.password(ANNA));
    assert.equal((await answer).items.length, 1);
  });
}, { registered: false });
