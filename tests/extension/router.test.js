/** Who is answered by the worker, and what is refused at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock } from './fakes.js';
import { ALWAYS, FIRST_RUN, ID, OTHER, POPUP, background, isDeniedFor, open, page, refusal, refused } from './worker.js';

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
    { ...page('https://a.example'), frameId: undefined },
    POPUP,
    { id: 'tamga', url: 'chrome-extension://tamga/options/options.html' },
    page('chrome-extension://tamga'),
  ]) {
    assert.equal(route(open(), sender), null);
  }
});

test('our page on which a signature is tried asks as a site does, and is none', async () => {
  const { browser, route } = await background();
  assert.deepEqual(await route(open(), FIRST_RUN), { type: 'opened' });
  const [url] = browser.open.values();
  assert.equal(url, `chrome-extension://tamga/sign/sign.html?request=${ID}&scope=sign&tab=1&frame=0`);
  const { requesterOf } = await import('../../extension/sender_origin.js');
  assert.deepEqual(requesterOf(FIRST_RUN), { tab: 1, frame: 0, origin: 'tamga://extension', topOrigin: null, isPrivate: false });
  for (const sender of [
    { ...FIRST_RUN, id: 'another extension' },
    { ...FIRST_RUN, frameId: 1 },
    { ...FIRST_RUN, url: 'chrome-extension://other/first_run/first_run.html', origin: 'chrome-extension://other' },
    { ...FIRST_RUN, url: 'https://a.example/first_run/first_run.html', origin: 'tamga://extension' },
  ]) {
    assert.equal(requesterOf(sender), null);
  }
});

test('nobody but our popup sees what waits, or opens it', async () => {
  const { browser, route } = await background();
  const asked = { ...open(), touched: false };
  await route(asked, page('https://a.example'));
  for (const message of [{ type: 'list-waiting' }, { type: 'open-waiting', id: ID }, { type: 'dismiss-waiting', id: ID }]) {
    for (const sender of [{ ...POPUP, id: 'another extension' }, { ...POPUP, id: undefined }, { ...POPUP, url: undefined }, { ...POPUP, url: 'chrome-extension://tamga/options/options.html' }]) {
      assert.equal(route(message, sender), null);
    }
    assert.deepEqual(await route(message, page('https://a.example')), refused('REQUEST_MALFORMED'));
  }
  assert.equal(browser.open.size, 0);
  assert.equal((await route({ type: 'list-waiting' }, POPUP)).waiting.length, 1);
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
