import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Clock, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { PROTOCOL } = await import('../../extension/native.js');
const { grantsChanged, servePinSessions, signWindowClosed } = await import('../../extension/pin_sessions.js');
const { END, EVENT, SIGN } = await import('../../extension/sign/pin_session.js');

const SITE = { origin: 'https://a.example', topOrigin: null };
const OTHER = { origin: 'https://b.example', topOrigin: null };
const GRANT = { origin: 'https://a.example', scope: 'sign', decision: 'always', since: 0 };
const ITEM = { type: 'hash', digest: { algorithm: 'SHA-256', value: '' } };
const TEN = { signatures: 10 };
const QUARTER = { minutes: 15 };
const MINUTE = 60_000;

/** Every host that was started; each has one key, which stays unlocked where that is asked for. */
let hosts = [];
let host = (command) => ({ type: 'done', staysUnlocked: command.unlock.type === 'open-session' || command.unlock.term !== undefined });
browser.runtime.connectNative = () => {
  const port = new Port(({ id, command }) => {
    if (command.type === 'watch-readers') return void (port.watching = id);
    const hello = { type: 'hello', protocol: PROTOCOL, version: '0', platform: '' };
    const event = (event) => port.say({ type: 'event', id, event });
    const reply = command.type === 'hello' ? hello : host(command, event);
    if (reply?.code) port.say({ type: 'failed', id, failure: reply });
    else if (reply) port.say({ type: 'reply', id, reply });
  });
  hosts.push(port);
  return port;
};

const command = (how, items = 1, term = TEN) => ({
  type: 'sign', certificate: '00', token: '01',
  unlock: how === 'begin' ? { type: 'pin', pin: 'cA==', term } : { type: 'open-session' },
  items: Array(items).fill(ITEM),
});

/** The sign window, and what it hears while it waits. */
const WINDOW = { url: 'chrome-extension://tamga/sign/sign.html', tab: { windowId: 7 } };
let heard = [];
let hear = (message) => heard.push(message) > 0;
browser.runtime.sendMessage = async (message) => hear(message);

/** Has the worker sign; says how that ended. */
async function sign(how, { items = 1, term = TEN, site = SITE, other = {} } = {}) {
  const request = { type: SIGN, id: 'a1', site, command: { ...command(how, items, term), ...other } };
  const { failure } = await servePinSessions(request, WINDOW);
  return failure?.code ?? 'done';
}

/** @param {string} token */
const endAll = (token) => servePinSessions({ type: END, token }, WINDOW);

const open = async () => (await browser.storage.session.get({ pinSessions: [] })).pinSessions;
const settled = async () => {
  for (let turn = 0; turn < 50; turn += 1) await null;
};

afterEach(async () => {
  grantsChanged([]);
  await settled();
  assert.deepEqual(await open(), []);
  assert.ok(hosts.every((host) => host.disconnected), 'a host outlived its session');
  hosts = [];
});

test('one PIN is good for as many signatures as the person said', async () => {
  assert.equal(await sign('begin', { items: 3 }), 'done');
  assert.deepEqual(await open(), [{ ...SITE, certificate: '00', token: '01', until: null, signatures: 7 }]);
  assert.equal(await sign('continue', { items: 6 }), 'done');
  assert.equal(await sign('continue', { items: 1 }), 'done');
  assert.equal(hosts.length, 1);
  assert.ok(hosts[0].disconnected);
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('a batch that is larger than what is left wants a PIN', async () => {
  await sign('begin', { items: 9 });
  assert.equal(await sign('continue', { items: 2 }), 'PIN_NEEDED');
  assert.equal(await sign('begin', { items: 11 }), 'done');
});

test('or for so long, by the timer and by the clock', async (context) => {
  const clock = new Clock(context);
  await sign('begin', { term: QUARTER });
  assert.equal((await open())[0].until, Date.now() + 15 * MINUTE);
  clock.pass(15 * MINUTE - 1);
  assert.equal(await sign('continue'), 'done');
  clock.pass(1);
  assert.ok(hosts[0].disconnected);
  assert.equal(await sign('continue'), 'PIN_NEEDED');
  await sign('begin', { term: QUARTER });
  // The computer slept: the timer did not run.
  const later = Date.now() + 16 * MINUTE;
  Date.now = () => later;
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('another site, another token and another certificate have no part in it', async () => {
  await sign('begin');
  assert.equal(await sign('continue', { site: OTHER }), 'PIN_NEEDED');
  assert.equal(await sign('continue', { site: { ...SITE, topOrigin: OTHER.origin } }), 'PIN_NEEDED');
  for (const other of [{ token: '02' }, { certificate: '02' }]) {
    assert.equal(await sign('continue', { other }), 'PIN_NEEDED');
  }
  assert.equal(await sign('continue'), 'done');
});

test('a PIN given anew begins anew', async () => {
  await sign('begin', { items: 9 });
  await sign('begin', { items: 2 });
  assert.ok(hosts[0].disconnected && !hosts[1].disconnected);
  assert.equal((await open())[0].signatures, 8);
});

test('it ends with the token, with the host, and when the person says so', async () => {
  await sign('begin');
  hosts[0].say({ type: 'event', id: hosts[0].watching, event: { type: 'readers-changed' } });
  assert.equal(await sign('continue'), 'done');
  hosts[0].say({ type: 'event', id: hosts[0].watching, event: { type: 'pin-session-ended' } });
  assert.equal(await sign('continue'), 'PIN_NEEDED');
  await sign('begin');
  hosts[1].lose();
  await settled();
  assert.equal(await sign('continue'), 'PIN_NEEDED');
  await sign('begin');
  await endAll('02');
  assert.equal(await sign('continue'), 'done');
  await endAll('01');
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('it ends when the site is not allowed that any more, or for another term', async () => {
  await sign('begin');
  grantsChanged([{ ...GRANT, pinTerm: TEN }]);
  assert.equal(await sign('continue'), 'done');
  for (const grants of [[{ ...GRANT, pinTerm: QUARTER }], [GRANT], [{ ...GRANT, ...OTHER, pinTerm: TEN }], []]) {
    await sign('begin');
    grantsChanged(grants);
    assert.equal(await sign('continue'), 'PIN_NEEDED', JSON.stringify(grants));
  }
});

test('a failure ends it, and the window hears which', async () => {
  await sign('begin');
  const before = host;
  host = () => ({ code: 'PIN_WRONG', tries: { exactly: 2 } });
  assert.equal(await sign('continue'), 'PIN_WRONG');
  assert.equal(await sign('begin'), 'PIN_WRONG');
  host = before;
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('a key that wants its PIN each time does not stay unlocked', async () => {
  const before = host;
  host = () => ({ type: 'done' });
  assert.equal(await sign('begin'), 'done');
  assert.ok(hosts[0].disconnected);
  host = before;
});

test('the window hears what happens in the order in which it did, and before the end', async () => {
  const before = [host, hear];
  host = ({ items }, say) => {
    for (const index of items.keys()) say({ type: 'item-signed', index });
    return { type: 'done', staysUnlocked: true };
  };
  hear = async (message) => {
    // The first takes longest.
    for (let turn = message.event.index; turn < 3; turn += 1) await settled();
    return heard.push(message) > 0;
  };
  heard = [];
  assert.equal(await sign('begin', { items: 3 }), 'done');
  assert.deepEqual(heard, [0, 1, 2].map((index) => ({ type: EVENT, id: 'a1', event: { type: 'item-signed', index } })));
  [host, hear] = before;
});

test('a window that closes in the middle takes its work with it', async () => {
  const before = host;
  host = () => null;
  const answer = sign('begin');
  await settled();
  signWindowClosed(8);
  assert.ok(!hosts[0].disconnected);
  signWindowClosed(7);
  assert.ok(hosts[0].disconnected);
  assert.notEqual(await answer, 'done');
  // Also before there is a host.
  host = before;
  const early = sign('begin');
  signWindowClosed(7);
  assert.equal(await early, 'CANCELLED');
});

test('a window that does not listen any more has gone', async () => {
  const before = [host, hear];
  host = (_, say) => void say({ type: 'item-signed', index: 0 });
  for (const deaf of [async () => undefined, async () => Promise.reject(new Error('no receiver'))]) {
    hear = deaf;
    assert.notEqual(await sign('begin'), 'done');
    assert.ok(hosts.at(-1).disconnected);
  }
  [host, hear] = before;
});

test('nobody but the sign window is let in', () => {
  const message = { type: SIGN, id: 'a1', site: SITE, command: command('begin') };
  for (const url of ['https://a.example/sign/', 'chrome-extension://other/sign/sign.html', 'chrome-extension://tamga/popup/popup.html', undefined]) {
    assert.equal(servePinSessions(message, { url }), null);
  }
  assert.equal(servePinSessions({ type: 'open' }, WINDOW), null);
});
