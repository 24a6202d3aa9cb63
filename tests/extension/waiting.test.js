/** What a page that was not touched, or is not in front, gets: a place behind the icon, and no news. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, Port } from './fakes.js';
import { ALWAYS, ID, OTHER, POPUP, background, isDeniedFor, number, open, page, refusal, refused } from './worker.js';

test('one check of the host answers every status for a while', async (context) => {
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
  clock.pass(5_000);
  await ask();
  assert.equal(started, 1);
  clock.pass(1);
  // Why there is no host is the person's business.
  for (const reason of ['No such native application org.tamga.host', 'Native host has exited.', 'Access to the specified native messaging host is forbidden.']) {
    browser.runtime.connectNative = () => new Port((_message, port) => port.lose(reason));
    assert.deepEqual(await ask(), { type: 'status', extensionVersion: '0.1.0', hostVersion: null, problem: 'HOST_MISSING' });
    clock.pass(5_001);
  }
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
    assert.deepEqual(await route({ type: 'open-waiting', id: ID }, POPUP), { type: 'waiting', waiting: [] });
    assert.equal(browser.open.size, 1);
  });
}

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

test('a frame that waits is shown with the page around it, and ends by its own word only', async () => {
  const { route } = await background();
  const frame = page('https://frame.example', { frame: 2, top: 'https://a.example' });
  await route({ ...open(), touched: false }, frame);
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  await route({ type: 'settled', id: OTHER }, frame);
  const waiting = [{ id: ID, scope: 'sign', site: { origin: 'https://frame.example', topOrigin: 'https://a.example' } }];
  assert.deepEqual((await route({ type: 'list-waiting' }, POPUP)).waiting, waiting);
  await route({ type: 'settled', id: ID }, frame);
  assert.deepEqual((await route({ type: 'list-waiting' }, POPUP)).waiting, []);
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
