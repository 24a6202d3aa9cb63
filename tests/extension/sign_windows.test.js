/** One window for each tab, and no more than a person can follow. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './fakes.js';
import { ID, OTHER, background, isDeniedFor, number, open, page, refusal, refused } from './worker.js';

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

test('a page brings its own window to the front, and only by its own request', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  await route({ type: 'raise', id: ID }, page('https://a.example', { tab: 2 }));
  await route({ type: 'raise', id: OTHER }, page('https://a.example'));
  assert.deepEqual(browser.focused, []);
  await route({ type: 'raise', id: ID }, page('https://a.example'));
  assert.deepEqual(browser.focused, [...browser.open.keys()]);
});

test('a question about one site or scope is no answer to another', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  const until = Date.now() + 10_000;
  await browser.storage.local.set({ refusals: [refusal('https://b.example', until), { ...refusal('https://a.example', until), scope: 'certificate' }] });
  isDeniedFor(await route(open(OTHER), page('https://b.example', { tab: 2 })), 10_000);
  isDeniedFor(await route(open(OTHER, 'certificate'), page('https://a.example', { tab: 3 })), 10_000);
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

test('of what a tab says at once a hundred are heard', async () => {
  for (const [before, answer] of [[99, { type: 'opened' }], [100, refused('BUSY')]]) {
    const { route } = await background();
    await route(open(), page('https://a.example'));
    const ids = [...Array.from({ length: before }, (_, count) => number(count)), ID];
    await Promise.all(ids.map((id) => route({ type: 'settled', id }, page('https://a.example'))));
    assert.deepEqual(await route(open(OTHER), page('https://a.example')), answer);
  }
});

test('a window that has answered makes room, and only its own page can say so', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  for (const stranger of [page('https://b.example', { tab: 2 }), page('https://b.example', { frame: 4 })]) {
    await route({ type: 'settled', id: ID }, stranger);
  }
  await route({ type: 'settled', id: OTHER }, page('https://a.example'));
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

test('a window that was taken back is not left afterwards', async (context) => {
  new Clock(context);
  const { route } = await background();
  for (let time = 0; time < 4; time += 1) {
    assert.deepEqual(await route(open(), page('https://a.example')), { type: 'opened' });
    for (const ending of ['taken-back', 'left']) await route({ type: 'settled', id: ID, ending }, page('https://a.example'));
  }
  assert.deepEqual(await route(open(), page('https://a.example')), refused('BUSY'));
});

test('nothing is remembered of a tab whose window stood', async (context) => {
  const clock = new Clock(context);
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  clock.pass(1_000);
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { type: 'opened' });
  assert.deepEqual((await browser.storage.session.get({})).rateLimits, {});
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

test('a window that is not ours closes without a word', async () => {
  const { browser, windowClosed } = await background();
  assert.equal(await windowClosed(999), undefined);
  assert.deepEqual(browser.told, []);
});

test('over its own sign window a tab is in front', async () => {
  const { browser, route } = await background();
  await route(open(), page('https://a.example'));
  [browser.inFront.window] = browser.open.keys();
  await route({ type: 'settled', id: ID }, page('https://a.example'));
  assert.deepEqual(await route(open(OTHER), page('https://a.example')), { type: 'opened' });
});

test('while the person is in another program the active tab is in front', async () => {
  const { browser, route } = await background();
  browser.windows.getAll = async () => [{ id: 1, focused: false, incognito: false }];
  assert.deepEqual(await route(open(), page('https://a.example')), { type: 'opened' });
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
