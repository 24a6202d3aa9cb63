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

  it('a site learns the code and nothing else', async () => {
    const answer = sign(await world.page(), REQUEST);
    await (await world.browser.signWindow()).press(words('button_not_now'));
    assert.deepEqual((await answer).keys.sort(), ['code', 'name']);
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
