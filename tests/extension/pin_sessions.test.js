import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Listeners, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { PROTOCOL } = await import('../../extension/versions.js');
const { grantsChanged, servePinSessions, signWindowClosed } = await import('../../extension/pin_sessions.js');
const { PORT, signInPinSession } = await import('../../extension/sign/pin_session.js');

const SITE = { origin: 'https://a.example', topOrigin: null };
const OTHER = { origin: 'https://b.example', topOrigin: null };
const GRANT = { origin: 'https://a.example', scope: 'sign', decision: 'always', since: 0 };
const ITEM = { type: 'hash', digest: { algorithm: 'SHA-256', value: '' } };
const TEN = { signatures: 10 };
const QUARTER = { minutes: 15 };
const UNTIL = { until: 1_800_000_000 };

/** A host's session, counted as the host counts. */
function counting() {
  let left = 0;
  return ({ unlock, items }) => {
    if (unlock.type !== 'open-session') left = unlock.term?.signatures ?? 0;
    else if (items.length > left) return { code: 'PIN_NEEDED' };
    left -= items.length;
    return left > 0 ? { type: 'done', pinSession: { signatures: left } } : { type: 'done' };
  };
}

/** Every host that was started; each has one key. */
let hosts = [];
let newHost = counting;
browser.runtime.connectNative = () => {
  const answer = newHost();
  const port = new Port(({ type, id, command }) => {
    if (type === 'cancel') return port.say({ type: 'failed', id, failure: { code: 'CANCELLED' } });
    if (command.type === 'watch-readers') return void (port.watching = id);
    const hello = { type: 'hello', protocol: PROTOCOL, version: '0.1.0', platform: '' };
    const event = (event) => port.say({ type: 'event', id, event });
    const reply = command.type === 'hello' ? hello : answer(command, event);
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

/** The sign window, as the worker knows it. */
const WINDOW = { id: 'tamga', url: 'chrome-extension://tamga/sign/sign.html', tab: { windowId: 7 } };
/** What the browser says of the worker. */
const WORKER = { id: 'tamga', url: 'chrome-extension://tamga/background.js' };

/** One end of a port between two pages; what is posted arrives at the other end. */
class PageEnd {
  onMessage = new Listeners();
  onDisconnect = new Listeners();
  other;
  constructor(name, sender) {
    Object.assign(this, { name, sender });
  }
  postMessage(message) {
    if (this.closed) throw new Error('Attempting to use a disconnected port object');
    const copy = structuredClone(message);
    queueMicrotask(() => this.other.onMessage.fire(copy));
  }
  disconnect() {
    this.closed = this.other.closed = true;
    queueMicrotask(() => this.other.onDisconnect.fire(this.other));
  }
}

/** All that is ever said in a message that every page of the extension hears. */
let broadcast = [];
/** The ends of the ports that the worker has opened. */
let ports = [];
let workerIs = WORKER;
browser.runtime.onConnect = new Listeners();
browser.runtime.sendMessage = async (message) => {
  broadcast.push(structuredClone(message));
  return servePinSessions(message, WINDOW);
};
browser.runtime.connect = ({ name }) => {
  const [worker, window] = [new PageEnd(name), new PageEnd(name, workerIs)];
  [worker.other, window.other] = [window, worker];
  ports.push(window);
  queueMicrotask(() => browser.runtime.onConnect.fire(window));
  return worker;
};

/** Has the worker sign; says how that ended. */
async function sign(how, { items = 1, term = TEN, site = SITE, other = {}, onEvent = () => {}, signal = new AbortController().signal } = {}) {
  const order = { ...command(how, items, term), ...other };
  return signInPinSession(site, order, onEvent, signal).then(() => 'done', ({ code }) => code);
}

/** @param {string} token */
const endAll = (token) => servePinSessions({ type: 'pin-session-end', token }, WINDOW);

const open = async () => (await browser.storage.session.get({ pinSessions: [] })).pinSessions;
const settled = async () => {
  for (let turn = 0; turn < 50; turn += 1) await null;
};

/** A host that does not answer to signing. */
const silent = () => () => null;
const minutes = () => ({ unlock }) => ({ type: 'done', ...(unlock.type === 'open-session' || unlock.term ? { pinSession: UNTIL } : {}) });

afterEach(async () => {
  grantsChanged([]);
  await settled();
  assert.deepEqual(await open(), []);
  assert.ok(hosts.every((host) => host.disconnected), 'a host outlived its session');
  assert.ok(!JSON.stringify(broadcast).includes('cA=='), 'every page has heard the PIN');
  [hosts, ports, broadcast, newHost, workerIs] = [[], [], [], counting, WORKER];
});

test('one PIN is good for as long as its host says, and what is left is shown', async () => {
  assert.equal(await sign('begin', { items: 3 }), 'done');
  assert.deepEqual(await open(), [{ ...SITE, certificate: '00', token: '01', left: { signatures: 7 } }]);
  assert.equal(await sign('continue', { items: 6 }), 'done');
  assert.deepEqual((await open())[0].left, { signatures: 1 });
  assert.equal(await sign('continue', { items: 1 }), 'done');
  await settled();
  assert.equal(hosts.length, 1);
  assert.ok(hosts[0].disconnected);
  assert.equal(await sign('continue'), 'PIN_NEEDED');
  assert.equal(hosts.length, 1);
});

test('a batch that is larger than what is left wants a PIN', async () => {
  await sign('begin', { items: 9 });
  assert.equal(await sign('continue', { items: 2 }), 'PIN_NEEDED');
  assert.equal(await sign('begin', { items: 11 }), 'done');
});

test('a term in time is the host’s too', async () => {
  newHost = minutes;
  await sign('begin', { term: QUARTER });
  assert.deepEqual((await open())[0].left, UNTIL);
  assert.equal(await sign('continue'), 'done');
  hosts[0].say({ type: 'event', id: hosts[0].watching, event: { type: 'pin-session-ended' } });
  await settled();
  assert.ok(hosts[0].disconnected);
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('two tabs of a site share what the host counts, and neither is cut off by the other', async () => {
  await sign('begin', { items: 5 });
  const outcomes = await Promise.all([sign('continue', { items: 3 }), sign('continue', { items: 3 }), sign('continue', { items: 2 })]);
  assert.deepEqual(outcomes, ['done', 'PIN_NEEDED', 'done']);
  assert.equal(hosts.length, 1);
  assert.ok(hosts[0].disconnected);
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
  assert.deepEqual((await open())[0].left, { signatures: 8 });
});

test('of two that begin at once one stays', async () => {
  assert.deepEqual(await Promise.all([sign('begin'), sign('begin')]), ['done', 'done']);
  await settled();
  assert.deepEqual(hosts.map(({ disconnected }) => disconnected), [true, false]);
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
  const others = [{ scope: 'certificate' }, { topOrigin: OTHER.origin }, { origin: OTHER.origin }].map((other) => [{ ...GRANT, ...other, pinTerm: TEN }]);
  for (const grants of [[{ ...GRANT, pinTerm: QUARTER }], [GRANT], ...others, []]) {
    await sign('begin');
    grantsChanged(grants);
    assert.equal(await sign('continue'), 'PIN_NEEDED', JSON.stringify(grants));
  }
});

test('a failure ends it, and the window hears which', async () => {
  newHost = () => ({ unlock }) => unlock.type === 'open-session' ? { code: 'TOKEN_BUSY' } : { type: 'done', pinSession: TEN };
  await sign('begin');
  assert.equal(await sign('continue'), 'TOKEN_BUSY');
  assert.equal(await sign('continue'), 'PIN_NEEDED');
  newHost = () => () => ({ code: 'PIN_WRONG', tries: { exactly: 2 } });
  assert.equal(await sign('begin'), 'PIN_WRONG');
  assert.equal(await sign('continue'), 'PIN_NEEDED');
});

test('a key that wants its PIN each time does not stay unlocked', async () => {
  newHost = () => () => ({ type: 'done' });
  assert.equal(await sign('begin'), 'done');
  await settled();
  assert.ok(hosts[0].disconnected);
});

test('what the person has set no term for, or was not signed, does not stay unlocked', async () => {
  newHost = () => () => ({ type: 'done', pinSession: TEN });
  await sign('begin', { term: null });
  assert.deepEqual(await open(), []);
  newHost = () => () => ({ type: 'certificates', pinSession: TEN });
  await sign('begin');
  assert.deepEqual(await open(), []);
});

test('the window hears what happens in the order in which it did, and before the end', async () => {
  newHost = () => ({ items }, say) => {
    for (const index of items.keys()) say({ type: 'item-signed', index });
    return { type: 'done' };
  };
  const heard = [];
  assert.equal(await sign('begin', { items: 3, onEvent: (event) => heard.push(event) }), 'done');
  assert.deepEqual(heard, [0, 1, 2].map((index) => ({ type: 'item-signed', index })));
});

test('what the person cancels is cancelled in the host too', async () => {
  newHost = silent;
  const cancel = new AbortController();
  const answer = sign('begin', { signal: cancel.signal });
  await settled();
  cancel.abort();
  await settled();
  assert.equal(await answer, 'CANCELLED');
  assert.ok(hosts[0].sent.some(({ type }) => type === 'cancel'));
});

test('a window that closes in the middle takes its work with it', async () => {
  newHost = silent;
  const answer = sign('begin');
  await settled();
  signWindowClosed(8);
  assert.ok(!hosts[0].disconnected);
  signWindowClosed(7);
  await settled();
  assert.ok(hosts[0].disconnected);
  // So does one that is reloaded, or has broken down.
  const second = sign('begin');
  await settled();
  ports[1].disconnect();
  await settled();
  assert.ok(hosts[1].disconnected);
  // Also before there is a host.
  newHost = counting;
  const early = sign('begin');
  signWindowClosed(7);
  await settled();
  assert.ok(hosts.every((host) => host.disconnected));
  for (const port of ports) port.onDisconnect.fire(port);
  assert.deepEqual(await Promise.all([answer, second, early]), Array(3).fill('HOST_STOPPED'));
});

test('a window that closes leaves the work of another one with the same host alone', async () => {
  newHost = () => {
    const count = counting();
    return (command) => (command.items.length < 2 ? count(command) : null);
  };
  await sign('begin');
  const stays = sign('continue', { items: 2 });
  const leaves = sign('continue', { items: 3 });
  await settled();
  ports[2].disconnect();
  await settled();
  const [first, second, cancelled] = hosts[0].sent.slice(-3);
  assert.deepEqual(cancelled, { type: 'cancel', id: second.id });
  assert.ok(!hosts[0].disconnected);
  hosts[0].say({ type: 'reply', id: first.id, reply: { type: 'done' } });
  assert.equal(await stays, 'done');
  ports[2].onDisconnect.fire(ports[2]);
  assert.equal(await leaves, 'HOST_STOPPED');
});

test('nobody but the sign window is let in', () => {
  const message = { type: 'pin-session-sign', id: 'a1' };
  for (const url of ['https://a.example/sign/', 'chrome-extension://other/sign/sign.html', 'chrome-extension://tamga/popup/popup.html', undefined]) {
    assert.equal(servePinSessions(message, { url }), null);
  }
  assert.equal(servePinSessions({ type: 'open' }, WINDOW), null);
  assert.equal(ports.length, 0);
});

test('the window says the PIN to nobody but the worker that it has asked', async () => {
  const ask = browser.runtime.sendMessage;
  const strangers = [
    [`${PORT}another`, WORKER],
    [null, { ...WORKER, id: 'other' }],
    [null, { ...WORKER, tab: { id: 1 } }],
  ];
  browser.runtime.sendMessage = async (message) => {
    broadcast.push(structuredClone(message));
    for (const [name, sender] of strangers) {
      const port = new PageEnd(name ?? PORT + message.id, sender);
      port.postMessage = () => assert.fail('a stranger has heard the PIN');
      browser.runtime.onConnect.fire(port);
    }
    throw new Error('no worker');
  };
  assert.equal(await sign('begin'), 'HOST_STOPPED');
  browser.runtime.sendMessage = ask;
});
