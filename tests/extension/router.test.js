import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, Port, fakeBrowser } from './fakes.js';

const ID = '0123456789abcdef0123456789abcdef';
const OTHER = 'f'.repeat(32);

const shared = (globalThis.chrome = fakeBrowser());
const { tabClosed, windowClosed } = await import('../../extension/requests.js');
const { route } = await import('../../extension/router.js');

/** A fresh background: the router's module with a browser of its own. */
async function background() {
  const browser = fakeBrowser();
  // The modules took the first browser they saw; every test gets the same one with new contents.
  Object.assign(shared, browser);
  return { browser: shared, route, windowClosed, tabClosed };
}

/** What the browser says about a page's content script. */
function page(origin, { frame = 0, tab = 1, top = origin, incognito = false } = {}) {
  return { id: 'tamga', origin, url: `${origin}/page`, frameId: frame, tab: { id: tab, url: `${top}/top`, incognito } };
}
const POPUP = { id: 'tamga', url: 'chrome-extension://tamga/popup/popup.html' };
const open = (id = ID, scope = 'sign') => ({ type: 'open', id, scope, touched: true });
const ALWAYS = { origin: 'https://frame.example', topOrigin: 'https://a.example', scope: 'sign', decision: 'always', since: 0, until: 8.64e15 };
const refusal = (origin, until) => ({ origin, scope: 'sign', count: 1, until });
/** The number of a request. */
const number = (count) => count.toString(16).padStart(32, '0');
const refused = (code) => ({ type: 'refused', failure: { code } });

/** Refused for now: the page hears for how long, in milliseconds. */
function isDeniedFor(answer, milliseconds) {
  const { code, retryAfter } = answer.failure;
  assert.equal(code, 'PERMISSION_DENIED');
  assert.ok(retryAfter > milliseconds - 5_000 && retryAfter <= milliseconds, `${retryAfter}`);
}

test('opens a window that knows whom to call, and nothing of what the page claims', async () => {
  const { browser, route } = await background();
  const claims = { ...open(), origin: 'https://bank.example', tab: 99, frame: 99 };
  assert.deepEqual(await route(claims, page('https://site.example', { frame: 3, tab: 7 })), { type: 'opened' });
  const [url] = browser.open.values();
  assert.equal(url, `chrome-extension://tamga/sign/sign.html?request=${ID}&scope=sign&tab=7&frame=3`);
});

for (const origin of ['https://a.example', 'https://a.example:8443', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]:80', 'http://demo.localhost']) {
  test(`${origin} may ask`, async () => {
    const { route } = await background();
    assert.deepEqual(await route(open(), page(origin)), { type: 'opened' });
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
  assert.deepEqual(await route(open(), { ...page('https://a.example'), origin: undefined }), { type: 'opened' });
  assert.deepEqual(await route(open(OTHER), { ...page('http://a.example'), origin: undefined }), refused('ORIGIN_INSECURE'));
});

test('nobody but content scripts of ours is answered', async () => {
  const { route } = await background();
  for (const sender of [
    { ...page('https://a.example'), id: 'another extension' },
    { ...page('https://a.example'), tab: undefined },
    POPUP,
    { id: 'tamga', url: 'chrome-extension://tamga/options/options.html' },
    page('chrome-extension://tamga'),
  ]) {
    assert.equal(route(open(), sender), null);
  }
});

for (const message of [
  null,
  'open',
  {},
  { type: 'grant', id: ID, scope: 'sign' },
  open('short'),
  open(ID.toUpperCase()),
  { type: 'open', scope: 'sign' },
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

test('a tab has one window, which comes to the front once and after a gesture', async () => {
  const { browser, route } = await background();
  const frame = page('https://b.example', { frame: 2, top: 'https://a.example' });
  const both = await Promise.all([route(open(), page('https://a.example')), route(open(OTHER), frame)]);
  assert.deepEqual(both, [{ type: 'opened' }, refused('BUSY')]);
  assert.deepEqual(await route(open(OTHER), frame), refused('BUSY'));
  assert.deepEqual(browser.focused, []);
  for (let time = 0; time < 5; time += 1) assert.deepEqual(await route({ ...open(OTHER), gesture: true }, frame), refused('BUSY'));
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
  await route({ type: 'raise', id: ID }, page('https://a.example'));
  assert.equal(browser.focused.length, 1);
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 2 })), { type: 'opened' });
  for (const sender of [page('https://a.example'), page('https://a.example', { tab: 2 })]) await route({ type: 'raise', id: OTHER }, sender);
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
});

test('while a site is being asked about, its other tabs are told so and the question comes to the front', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  await browser.storage.local.set({ refusals: [refusal('https://a.example', Date.now() + 10_000)] });
  for (const sender of [page('https://a.example', { tab: 2 }), page('https://b.example', { frame: 3, tab: 3, top: 'https://a.example' })]) {
    assert.deepEqual(await route({ ...open(OTHER), gesture: true }, sender), refused('BUSY'));
  }
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  isDeniedFor(await route(open(OTHER), page('https://a.example', { tab: 2 })), 10_000);
});

test('of thousands of requests of a tab one is looked at, and another tab does not wait for them', async () => {
  const { browser, route } = await background();
  const { get } = browser.storage.session;
  let looks = 0;
  browser.storage.session.get = (...names) => (looks++, get(...names));
  const frame = (count) => page('https://a.example', { frame: count });
  const flood = Array.from({ length: 3_000 }, (_, count) => route(open(number(count)), frame(count)));
  const settled = Array.from({ length: 3_000 }, (_, count) => route({ type: 'settled', id: number(count + 1) }, frame(count)));
  assert.deepEqual(await route(open(), page('https://b.example', { tab: 2 })), { type: 'opened' });
  assert.ok(looks < 50, `${looks} looks at the storage`);
  const answers = await Promise.all(flood);
  assert.deepEqual(answers[0], { type: 'opened' });
  assert.ok(answers.slice(1).every(({ failure }) => failure.code === 'BUSY'));
  await Promise.all(settled);
  assert.ok(looks < 50, `${looks} looks at the storage`);
});

test('a page that does not answer holds nobody', async (context) => {
  const clock = new Clock(context);
  const { browser, route, windowClosed } = await background();
  browser.tabs.sendMessage = () => new Promise(() => {});
  // Its frame asks whether the page was touched, and its window is closed.
  const frame = route({ ...open(), touched: false }, page('https://a.example', { frame: 3 }));
  await route(open(OTHER), page('https://c.example', { tab: 3 }));
  await windowClosed([...browser.open.keys()][0]);
  assert.deepEqual(await route(open(OTHER), page('https://b.example', { tab: 2 })), { type: 'opened' });
  clock.pass(1_000);
  assert.deepEqual(await frame, { type: 'waiting', milliseconds: 120_000 });
});

test('a window that has answered makes room, and only its own page can say so', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  for (const stranger of [page('https://b.example', { tab: 2 }), page('https://b.example', { frame: 4 })]) {
    await route({ type: 'settled', id: ID }, stranger);
  }
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), refused('BUSY'));
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { type: 'opened' });
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
  for (let time = 0; time < 4; time += 1) assert.deepEqual(await flash(999), { type: 'opened' });
  for (const wait of [1_000, 2_000, 4_000]) {
    assert.deepEqual(await ask(), refused('BUSY'));
    // Another tab is none the worse.
    assert.deepEqual(await ask(2), { type: 'opened' });
    await route({ type: 'settled', id: ID }, page('https://a.example', { tab: 2 }));
    clock.pass(wait);
    assert.deepEqual(await flash(500), { type: 'opened' });
  }
  assert.deepEqual(await ask(), refused('BUSY'));
  clock.pass(8_000);
  assert.deepEqual(await flash(1_000), { type: 'opened' });
  for (let time = 0; time < 4; time += 1) assert.deepEqual(await flash(10), { type: 'opened' });
});

test('a window that the page takes back counts, however long it stood', async (context) => {
  const clock = new Clock(context);
  const { route } = await background();
  for (let time = 0; time < 4; time += 1) {
    assert.deepEqual(await route(open(), page('https://a.example')), { type: 'opened' });
    clock.pass(60_000);
    await route({ type: 'settled', id: ID, ending: 'taken-back' }, page('https://a.example'));
  }
  assert.deepEqual(await route(open(), page('https://a.example')), refused('BUSY'));
  clock.pass(1_000);
  assert.deepEqual(await route(open(), page('https://a.example')), { type: 'opened' });
});

test('a page that is left does not count', async () => {
  const { route } = await background();
  for (let time = 0; time < 10; time += 1) {
    assert.deepEqual(await route(open(), page('https://a.example')), { type: 'opened' });
    await route({ type: 'settled', id: ID, ending: 'left' }, page('https://a.example'));
  }
});

test('how often tabs flash is remembered of a bounded number of tabs, and not of closed ones', async (context) => {
  const clock = new Clock(context);
  const { browser, route, tabClosed } = await background();
  for (let tab = 1; tab <= 250; tab += 1) {
    await route(open(), page('https://a.example', { tab }));
    clock.pass(10);
    await route({ type: 'settled', id: ID }, page('https://a.example', { tab }));
    await route(open(OTHER), page('https://a.example', { tab }));
  }
  const tabs = async () => Object.keys((await browser.storage.session.get({})).rateLimits);
  assert.equal((await tabs()).length, 200);
  const [tab] = await tabs();
  await tabClosed(Number(tab));
  assert.ok(!(await tabs()).includes(tab));
});

test('a window that is gone blocks nobody, and its page hears of it', async () => {
  const { browser, route, windowClosed } = await background();
  await route(open(), page('https://a.example', { frame: 3, tab: 7 }));
  const [windowId] = browser.open.keys();
  browser.open.delete(windowId);
  await windowClosed(windowId);
  assert.deepEqual(browser.told, [[7, { type: 'window-closed', id: ID }, { frameId: 3 }]]);
  assert.deepEqual(await route(open(OTHER), page('https://a.example', { tab: 7 })), { type: 'opened' });
});

test('so does one whose end nobody saw', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  browser.open.clear();
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { type: 'opened' });
});

test('a refusal refuses exactly the site and scope it names, until its time', async () => {
  const { browser, route } = await background();
  await browser.storage.local.set({
    grants: [{ ...ALWAYS, decision: 'never', until: undefined }],
    refusals: [
      refusal('https://a.example', Date.now() + 60_000),
      { ...refusal('https://b.example', Date.now() - 1), scope: 'certificate' },
    ],
  });
  const ask = (scope, sender) => route(open(ID, scope), sender);
  isDeniedFor(await ask('sign', page('https://a.example')), 60_000);
  // For ever: there is no time to wait for.
  assert.deepEqual(await ask('sign', page('https://frame.example', { frame: 2, top: 'https://a.example' })), refused('PERMISSION_DENIED'));
  assert.deepEqual(await ask('certificate', page('https://a.example', { tab: 2 })), { type: 'opened' });
  assert.deepEqual(await ask('certificate', page('https://b.example', { tab: 3 })), { type: 'opened' });
  assert.deepEqual(await ask('sign', page('https://frame.example', { tab: 4 })), { type: 'opened' });
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
  const ask = () => route({ type: 'status', touched: true }, page('https://a.example'));
  const answers = await Promise.all(Array.from({ length: 50 }, ask));
  assert.deepEqual(answers[49], { type: 'status', extensionVersion: '0.1.0', hostVersion: '1.2.3', problem: null });
  assert.equal(started, 1);
  clock.pass(6_000);
  browser.runtime.connectNative = () => new Port((_message, port) => port.lose('No such native application org.tamga.host'));
  assert.deepEqual(await ask(), { type: 'status', extensionVersion: '0.1.0', hostVersion: null, problem: 'HOST_MISSING' });
});

test('a refused site is refused in its frames, its subdomains and their frames', async () => {
  const { browser, route } = await background();
  await browser.storage.local.set({ grants: [{ ...ALWAYS, origin: 'https://a.example', topOrigin: undefined, decision: 'never', until: undefined }] });
  for (const sender of [
    page('https://frame.example', { frame: 2, top: 'https://a.example' }),
    page('https://pay.a.example'),
    page('https://frame.example', { frame: 2, top: 'https://www.a.example' }),
  ]) {
    assert.deepEqual(await route(open(), sender), refused('PERMISSION_DENIED'));
  }
  assert.deepEqual(await route(open(), page('https://frame.example')), { type: 'opened' });
});


for (const [what, prepare] of [
  ['a page that was not touched', ({ message }) => (message.touched = false)],
  ['a tab that is not in front', ({ browser }) => browser.behind.add(1)],
  ['a tab whose window is behind another one', ({ browser }) => (browser.inFront.window = 7)],
]) {
  test(`${what} has no window opened: its request waits behind the icon, which opens it`, async () => {
    const { browser, route } = await background();
    const message = open();
    prepare({ browser, message });
    assert.deepEqual(await route(message, page('https://a.example')), { type: 'waiting', milliseconds: 120_000 });
    assert.equal(browser.open.size, 0);
    assert.equal(browser.badges.all, '1');
    assert.deepEqual(await route(open(OTHER), page('https://a.example')), refused('BUSY'));
    const waiting = [{ id: ID, scope: 'sign', site: { origin: 'https://a.example' } }];
    assert.deepEqual(await route({ type: 'list-waiting' }, POPUP), { type: 'waiting', waiting });
    await route({ type: 'open-waiting', id: ID }, POPUP);
    assert.equal(browser.open.size, 1);
    assert.ok(!browser.behind.has(1) && browser.focused.includes(1));
    assert.equal(browser.badges.all, '');
    assert.deepEqual(await route({ type: 'list-waiting' }, POPUP), { type: 'waiting', waiting: [] });
    await route({ type: 'open-waiting', id: ID }, POPUP);
    assert.equal(browser.open.size, 1);
  });
}

test('over its own sign window a tab is in front', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  [browser.inFront.window] = browser.open.keys();
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { type: 'opened' });
});

test('a frame counts as touched by itself, and with its page where it is the same site or may always ask', async () => {
  const { browser, route } = await background();
  browser.tabs.sendMessage = async (_tab, { type }, { frameId }) => (type === 'page' && frameId === 0 ? { document: 1, touched: true } : undefined);
  const ask = async (sender, touched = false) => {
    const reply = await route({ ...open(), touched }, sender);
    await route({ type: 'settled', id: ID }, sender);
    return reply;
  };
  const foreign = page('https://frame.example', { frame: 2, top: 'https://a.example' });
  assert.deepEqual(await ask(page('https://a.example', { frame: 2 })), { type: 'opened' });
  assert.deepEqual(await ask(foreign, true), { type: 'opened' });
  assert.deepEqual(await ask(foreign), { type: 'waiting', milliseconds: 120_000 });
  assert.deepEqual(await ask(page('https://a.example')), { type: 'waiting', milliseconds: 120_000 });
  await browser.storage.local.set({ grants: [ALWAYS] });
  assert.deepEqual(await ask(foreign), { type: 'opened' });
});

test('a waiting request ends with its page, its tab, its time or the person’s word', async (context) => {
  const clock = new Clock(context);
  const { browser, route, tabClosed } = await background();
  const ask = (tab) => route({ ...open(number(tab)), touched: false }, page(`https://${tab}.example`, { tab }));
  const waiting = async () => (await route({ type: 'list-waiting' }, POPUP)).waiting.map(({ id }) => id);
  for (const tab of [1, 2, 3, 4]) await ask(tab);
  assert.equal(browser.badges.all, '4');
  await route({ type: 'settled', id: number(1) }, page('https://1.example', { tab: 2 }));
  assert.equal((await waiting()).length, 4);
  await route({ type: 'settled', id: number(1) }, page('https://1.example', { tab: 1 }));
  await tabClosed(2);
  await route({ type: 'dismiss-waiting', id: number(3) }, POPUP);
  assert.deepEqual(browser.told, [[3, { type: 'window-closed', id: number(3) }, { frameId: 0 }]]);
  assert.deepEqual(await waiting(), [number(4)]);
  assert.equal(browser.badges.all, '1');
  clock.pass(120_000);
  assert.deepEqual(await waiting(), []);
  assert.equal(browser.badges.all, '');
});

test('a bounded number waits, for one site and in all', async () => {
  const { browser, route } = await background();
  const ask = (tab, origin) => route({ ...open(number(tab)), touched: false }, page(origin, { tab }));
  for (const tab of [1, 2]) assert.deepEqual(await ask(tab, 'https://a.example'), { type: 'waiting', milliseconds: 120_000 });
  assert.deepEqual(await ask(3, 'https://a.example'), refused('NOT_ANSWERED'));
  for (let tab = 3; tab <= 20; tab += 1) assert.deepEqual(await ask(tab, `https://${tab}.example`), { type: 'waiting', milliseconds: 120_000 });
  assert.deepEqual(await ask(21, 'https://b.example'), refused('NOT_ANSWERED'));
  assert.equal(browser.badges.all, '20');
});

test('a private window has its sign window, its decisions and its requests for itself', async () => {
  const { browser, route } = await background();
  const far = Date.now() + 60_000;
  await browser.storage.local.set({ refusals: [refusal('https://a.example', far)], grants: [{ ...ALWAYS, origin: 'https://a.example', topOrigin: undefined }] });
  const secret = page('https://a.example', { tab: 5, incognito: true });
  assert.deepEqual(await route({ type: 'status' }, secret), { type: 'status', extensionVersion: null, hostVersion: null, problem: null });
  assert.deepEqual(await route(open(), secret), { type: 'opened' });
  assert.deepEqual(browser.created, [{ incognito: true }]);
  await route({ type: 'settled', id: ID }, secret);
  assert.deepEqual(await route({ ...open(), touched: false }, secret), { type: 'waiting', milliseconds: 120_000 });
  assert.deepEqual([browser.badges.all, browser.badges[5]], ['', '1']);
  assert.deepEqual(await route({ type: 'list-waiting' }, POPUP), { type: 'waiting', waiting: [] });
  assert.equal((await route({ type: 'list-waiting', isPrivate: true }, POPUP)).waiting.length, 1);
  await route({ type: 'dismiss-waiting', id: ID }, POPUP);

  browser.windows.getAll = async () => [{ id: 1, incognito: false }, { id: 8, incognito: true }];
  await browser.storage.session.set({ privateDecisions: { windows: [8], decisions: { refusals: [refusal('https://a.example', far)] } } });
  isDeniedFor(await route(open(), secret), 60_000);
  assert.deepEqual(await route(open(OTHER), page('https://b.example')), { type: 'opened' });
  // The last private window is closed, and another one opened.
  browser.windows.getAll = async () => [{ id: 1, incognito: false }, { id: 9, incognito: true }];
  assert.deepEqual(await route(open(), secret), { type: 'opened' });
});

test('a page learns nothing before a gesture or a grant', async () => {
  const { browser, route } = await background();
  let started = 0;
  browser.runtime.connectNative = () => (started++, new Port((_message, port) => port.lose('No such native application org.tamga.host')));
  const ask = (sender) => route({ type: 'status' }, sender);
  const untold = { type: 'status', extensionVersion: null, hostVersion: null, problem: null };
  const foreign = page('https://frame.example', { frame: 2, top: 'https://a.example' });
  for (const sender of [page('https://new.example'), foreign]) assert.deepEqual(await ask(sender), untold);
  await browser.storage.local.set({ grants: [{ ...ALWAYS, decision: 'never' }] });
  assert.deepEqual(await ask(foreign), untold);
  await browser.storage.local.set({ grants: [{ ...ALWAYS, until: Date.now() - 1 }] });
  assert.deepEqual(await ask(foreign), untold);
  assert.equal(started, 0);
  await browser.storage.local.set({ grants: [ALWAYS] });
  assert.equal((await ask(foreign)).extensionVersion, '0.1.0');
  assert.deepEqual(await ask(page('https://frame.example')), untold);
  // One that ends with the browser.
  await browser.storage.session.set({ sessionGrants: [{ ...ALWAYS, origin: 'http://localhost:1', topOrigin: undefined }] });
  assert.equal((await ask(page('http://localhost:1'))).extensionVersion, '0.1.0');
});
