import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, Port, fakeBrowser } from './fakes.js';

const ID = '0123456789abcdef0123456789abcdef';
const OTHER = 'f'.repeat(32);

/** A fresh background: the router's module with a browser of its own. */
async function background() {
  const browser = fakeBrowser();
  const { route, windowClosed } = await import(`../../extension/router.js`);
  // The modules took the first browser they saw; every test gets the same one with new contents.
  Object.assign(shared, browser);
  return { browser: shared, route, windowClosed };
}
const shared = (globalThis.chrome = fakeBrowser());

/** What the browser says about a page's content script. */
function page(origin, { frame = 0, tab = 1, top = origin } = {}) {
  return { id: 'tamga', origin, url: `${origin}/page`, frameId: frame, tab: { id: tab, url: `${top}/top` } };
}
const open = (id = ID, kind = 'sign') => ({ type: 'open', id, kind });
const refused = (code) => ({ failure: { code } });

test('opens a window that knows whom to call, and nothing of what the page claims', async () => {
  const { browser, route } = await background();
  const claims = { ...open(), origin: 'https://bank.example', tab: 99, frame: 99 };
  assert.deepEqual(await route(claims, page('https://site.example', { frame: 3, tab: 7 })), { opened: true });
  const [url] = browser.open.values();
  assert.equal(url, `chrome-extension://tamga/sign/sign.html?request=${ID}&kind=sign&tab=7&frame=3`);
});

for (const origin of ['https://a.example', 'https://a.example:8443', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:80', 'http://demo.localhost']) {
  test(`${origin} may ask`, async () => {
    const { route } = await background();
    assert.deepEqual(await route(open(), page(origin)), { opened: true });
  });
}

for (const [name, sender] of [
  ['http', page('http://a.example')],
  ['a name that only begins like this computer', page('http://localhost.example')],
  ['a sandboxed frame', { ...page('https://a.example', { frame: 2 }), origin: 'null' }],
  ['a secure frame in an insecure page', page('https://a.example', { frame: 2, top: 'http://b.example' })],
  ['a frame whose page is not known', { ...page('https://a.example', { frame: 2 }), tab: { id: 1 } }],
  ['a local file', { ...page('file://'), origin: undefined, url: 'file:///etc/passwd' }],
]) {
  for (const message of [open(), { type: 'status' }]) {
    test(`${name} is refused: ${message.type}`, async () => {
      const { browser, route } = await background();
      assert.deepEqual(await route(message, sender), refused('ORIGIN_INSECURE'));
      assert.equal(browser.open.size, 0);
    });
  }
}

test('older Firefox: the origin comes from the sender\'s address', async () => {
  const { route } = await background();
  assert.deepEqual(await route(open(), { ...page('https://a.example'), origin: undefined }), { opened: true });
  assert.deepEqual(await route(open(OTHER), { ...page('http://a.example'), origin: undefined }), refused('ORIGIN_INSECURE'));
});

test('nobody but content scripts of ours is answered', async () => {
  const { route } = await background();
  for (const sender of [
    { ...page('https://a.example'), id: 'another extension' },
    { ...page('https://a.example'), tab: undefined },
    { id: 'tamga', url: 'chrome-extension://tamga/popup/popup.html' },
    page('chrome-extension://tamga'),
  ]) {
    assert.equal(route(open(), sender), null);
  }
});

for (const message of [
  null,
  'open',
  {},
  { type: 'grant', id: ID, kind: 'sign' },
  open('short'),
  open(ID.toUpperCase()),
  { type: 'open', kind: 'sign' },
  open(Number(`1e31`)),
  open(ID, 'options'),
  open(ID, 'toString'),
]) {
  test(`refuses ${JSON.stringify(message)}`, async () => {
    const { browser, route } = await background();
    assert.deepEqual(await route(message, page('https://a.example')), refused('REQUEST_MALFORMED'));
    assert.equal(browser.open.size, 0);
  });
}

test('a tab has one window; the second request brings it to the front', async () => {
  const { browser, route } = await background();
  const both = await Promise.all([route(open(), page('https://a.example')), route(open(OTHER), page('https://b.example', { frame: 2, top: 'https://a.example' }))]);
  assert.deepEqual(both, [{ opened: true }, refused('BUSY')]);
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 2 })), { opened: true });
});

test('while a site is being asked about, its other tabs are told so and the question comes to the front', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  await browser.storage.local.set({ doors: { 'sign https://a.example -': Date.now() + 10_000 } });
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 2 })), refused('BUSY'));
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 2 })), refused('PERMISSION_DENIED'));
});

test('a window that has answered makes room, and only its own page can say so', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  for (const stranger of [page('https://b.example', { tab: 2 }), page('https://b.example', { frame: 4 })]) {
    await route({ type: 'settled', id: ID }, stranger);
  }
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), refused('BUSY'));
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { opened: true });
  assert.equal(browser.open.size, 1);
});

test('a page that has windows flash up waits, longer each time', async (context) => {
  const clock = new Clock(context);
  const { route } = await background();
  const ask = (tab = 1) => route(open(), page('https://a.example', { tab }));
  /** Opens a window, and takes it back after so long. */
  const flash = async (milliseconds) => {
    const opened = await ask();
    clock.pass(milliseconds);
    await route({ type: 'settled', id: ID }, page('https://a.example'));
    return opened;
  };
  for (let time = 0; time < 4; time += 1) assert.deepEqual(await flash(999), { opened: true });
  for (const wait of [1_000, 2_000, 4_000]) {
    assert.deepEqual(await ask(), refused('BUSY'));
    // Another tab is none the worse.
    assert.deepEqual(await ask(2), { opened: true });
    await route({ type: 'settled', id: ID }, page('https://a.example', { tab: 2 }));
    clock.pass(wait);
    assert.deepEqual(await flash(500), { opened: true });
  }
  assert.deepEqual(await ask(), refused('BUSY'));
  clock.pass(8_000);
  assert.deepEqual(await flash(1_000), { opened: true });
  for (let time = 0; time < 4; time += 1) assert.deepEqual(await flash(10), { opened: true });
});

test('a window that is gone blocks nobody, and its page hears of it', async () => {
  const { browser, route, windowClosed } = await background();
  await route(open(), page('https://a.example', { frame: 3, tab: 7 }));
  const [windowId] = browser.open.keys();
  browser.open.delete(windowId);
  await windowClosed(windowId);
  assert.deepEqual(browser.told, [[7, { type: 'window-closed', id: ID }, { frameId: 3 }]]);
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 7 })), { opened: true });
});

test('so does one whose end nobody saw', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  browser.open.clear();
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { opened: true });
});

test('a closed door refuses exactly whom it is closed to, until its time', async () => {
  const { browser, route } = await background();
  await browser.storage.local.set({
    doors: {
      'sign https://a.example -': Date.now() + 60_000,
      'sign https://frame.example https://a.example': 8.64e15,
      'certificate https://b.example -': Date.now() - 1,
    },
  });
  const ask = (kind, sender) => route(open(ID, kind), sender);
  assert.deepEqual(await ask('sign', page('https://a.example')), refused('PERMISSION_DENIED'));
  assert.deepEqual(await ask('sign', page('https://frame.example', { frame: 2, top: 'https://a.example' })), refused('PERMISSION_DENIED'));
  assert.deepEqual(await ask('certificate', page('https://a.example', { tab: 2 })), { opened: true });
  assert.deepEqual(await ask('certificate', page('https://b.example', { tab: 3 })), { opened: true });
  assert.deepEqual(await ask('sign', page('https://frame.example', { tab: 4 })), { opened: true });
});

test('one look at the host answers every status for a while', async (context) => {
  const clock = new Clock(context);
  const { browser, route } = await background();
  let started = 0;
  browser.runtime.connectNative = () => {
    started++;
    return new Port((message, port) => {
      port.say({ type: 'reply', id: message.id, reply: { type: 'hello', protocol: 1, version: '1.2.3', platform: 'linux' } });
    });
  };
  const ask = () => route({ type: 'status' }, page('https://a.example'));
  const answers = await Promise.all(Array.from({ length: 50 }, ask));
  assert.deepEqual(answers[49], { extensionVersion: '0.1.0', hostVersion: '1.2.3', problem: null });
  assert.equal(started, 1);
  clock.pass(6_000);
  browser.runtime.connectNative = () => new Port((_message, port) => port.lose('No such native application org.tamga.host'));
  assert.deepEqual(await ask(), { extensionVersion: '0.1.0', hostVersion: null, problem: 'HOST_MISSING' });
});
