/** The host as pages use it: lists that come in parts, readers that change, hosts that are replaced. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Clock, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { startHost } = await import('../../extension/browser.js');
const { asFailure } = await import('../../extension/failure.js');
const { HostClient } = await import('../../extension/host_client.js');
const { PROTOCOL } = await import('../../extension/versions.js');

const EMPTY = { keys: [], unreadable: [] };
const FILES = { keys: [{ id: 'file' }], unreadable: [] };
const ALL = { keys: [{ id: 'file' }, { id: 'token' }], unreadable: [], tokens: [{ id: 't' }], readersWithoutDriver: [{ name: 'r' }] };

/** The hosts that were opened. */
let hosts = [];
beforeEach(() => {
  hosts = [];
  browser.runtime.connectNative = () => {
    const port = new Port((message, port) => {
      if (message.command?.type !== 'hello') return;
      port.say({ type: 'reply', id: message.id, reply: { type: 'hello', protocol: PROTOCOL, version: '0.1.0', platform: 'linux' } });
    });
    hosts.push(port);
    return port;
  };
});

/** Lets everything happen that needs no time to pass. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
/** The ids of the requests of a kind that a host was sent. */
const asked = (port, type) => port.sent.filter(({ command }) => command?.type === type).map(({ id }) => id);
const part = (port, id, listing) => port.say({ type: 'event', id, event: { type: 'certificates-so-far', ...listing } });
const whole = (port, id, listing) => port.say({ type: 'reply', id, reply: { type: 'certificates', ...listing } });
const changed = (port) => port.say({ type: 'event', id: asked(port, 'watch-readers')[0], event: { type: 'readers-changed' } });

/** A page whose host is open, and what it is told. */
async function opened() {
  const line = new HostClient(startHost());
  const news = [];
  const tell = (one) => void news.push(one);
  await line.open(tell);
  await settled();
  return { line, news, tell, port: hosts[0] };
}

const types = (news) => news.map(({ type }) => type);

test('readers are watched once, and before the first list', async () => {
  const { port } = await opened();
  assert.deepEqual(port.sent.map(({ command }) => command.type), ['hello', 'watch-readers', 'watch-verdicts', 'list-certificates']);
});

test('a page that lists nothing has nothing listed, and nothing watched', async () => {
  const line = new HostClient(startHost(), { lists: false });
  const news = [];
  await line.open((one) => void news.push(one));
  await settled();
  assert.deepEqual(types(news), ['host-opened']);
  assert.deepEqual(hosts[0].sent.map(({ command }) => command.type), ['hello']);
  await line.open((one) => void news.push(one));
  await settled();
  assert.deepEqual(hosts[1].sent.map(({ command }) => command.type), ['hello']);
});

test('what came before the screen wanted it is told, the latest part only, then the rest', async () => {
  const { line, news, tell, port } = await opened();
  const [id] = asked(port, 'list-certificates');
  part(port, id, EMPTY);
  part(port, id, FILES);
  const listed = line.list(tell);
  await settled();
  assert.deepEqual(news.slice(1), [{ type: 'listed-so-far', ...FILES }]);
  whole(port, id, ALL);
  await listed;
  assert.deepEqual(news.slice(2), [{ type: 'listed', ...ALL }]);
});

test('verdicts are told as they come, those that came before the screen wanted them too', async () => {
  const line = new HostClient(startHost());
  await settled();
  const [port] = hosts;
  const found = (id) => port.say({ type: 'event', id: asked(port, 'watch-verdicts')[0], event: { type: 'verdict', certificate: { id } } });
  found('one');
  const news = [];
  await line.open((one) => void news.push(one));
  await settled();
  found('two');
  assert.deepEqual(news.map(({ type, certificate }) => [type, certificate?.id]), [['host-opened', undefined], ['verdict', 'one'], ['verdict', 'two']]);
});

test('many changes of the readers are told as one, a moment after the first', async (context) => {
  const { news, port } = await opened();
  const clock = new Clock(context);
  changed(port);
  clock.pass(60);
  changed(port);
  changed(port);
  assert.deepEqual(types(news), ['host-opened']);
  clock.pass(40);
  assert.deepEqual(types(news), ['host-opened', 'readers-changed']);
  clock.pass(1000);
  assert.deepEqual(types(news), ['host-opened', 'readers-changed']);
  changed(port);
  clock.pass(100);
  assert.deepEqual(types(news), ['host-opened', 'readers-changed', 'readers-changed']);
});

test('a change before the screen listens makes it ask anew', async (context) => {
  const line = new HostClient(startHost());
  await settled();
  const [port] = hosts;
  const clock = new Clock(context);
  changed(port);
  clock.pass(100);
  const news = [];
  const tell = (one) => void news.push(one);
  await line.open(tell);
  line.list(tell);
  await settled();
  const [stale, fresh] = asked(port, 'list-certificates');
  whole(port, stale, FILES);
  whole(port, fresh, ALL);
  await settled();
  assert.deepEqual(news.slice(1), [{ type: 'listed', ...ALL }]);
});

test('of two lists only the later is told, whichever comes first', async () => {
  const { line, news, tell, port } = await opened();
  line.list(tell);
  line.list(tell);
  await settled();
  const [one, two] = asked(port, 'list-certificates');
  part(port, one, EMPTY);
  whole(port, two, ALL);
  whole(port, one, FILES);
  await settled();
  assert.deepEqual(news.slice(1), [{ type: 'listed', ...ALL }]);
});

test('a host that was replaced says nothing any more', async (context) => {
  const { line, news, tell, port } = await opened();
  const watched = asked(port, 'watch-readers')[0];
  await line.open(tell);
  await settled();
  assert.equal(hosts.length, 2);
  assert.ok(port.disconnected);
  const clock = new Clock(context);
  port.onMessage.fire({ type: 'event', id: watched, event: { type: 'readers-changed' } });
  clock.pass(100);
  assert.deepEqual(types(news), ['host-opened', 'host-opened']);
  assert.deepEqual(asked(hosts[1], 'watch-readers').length, 1);
  changed(hosts[1]);
  clock.pass(100);
  assert.deepEqual(types(news), ['host-opened', 'host-opened', 'readers-changed']);
});

test('a host that cannot watch is used as it is', async () => {
  const { line, news, tell, port } = await opened();
  port.say({ type: 'failed', id: asked(port, 'watch-readers')[0], failure: { code: 'REQUEST_MALFORMED' } });
  line.list(tell);
  whole(port, asked(port, 'list-certificates')[0], ALL);
  await settled();
  assert.deepEqual(types(news), ['host-opened', 'listed']);
});

test('a change that was about to be told when the host was replaced is not', async (context) => {
  const { line, news, tell, port } = await opened();
  const clock = new Clock(context);
  changed(port);
  await line.open(tell);
  await settled();
  clock.pass(100);
  assert.deepEqual(types(news), ['host-opened', 'host-opened']);
});

test('a host that stops says so', async () => {
  const { news, port } = await opened();
  port.lose('Native host has exited.');
  await settled();
  assert.deepEqual(news.slice(1), [{ type: 'host-failed', failure: { code: 'HOST_STOPPED' } }]);
});

test('what a watched host says of anything but its readers is no change', async (context) => {
  const { news, port } = await opened();
  const clock = new Clock(context);
  port.say({ type: 'event', id: asked(port, 'watch-readers')[0], event: { type: 'pin-session-ended' } });
  clock.pass(100);
  assert.deepEqual(types(news), ['host-opened']);
});

test('a list that is answered by something else is a failure', async () => {
  const { line, news, tell, port } = await opened();
  port.say({ type: 'reply', id: asked(port, 'list-certificates')[0], reply: { type: 'done', keys: [], unreadable: [] } });
  await line.list(tell);
  assert.deepEqual(news.slice(1), [{ type: 'host-failed', failure: { code: 'INTERNAL' } }]);
});

test('a list that fails is the host\'s failure', async () => {
  const { line, news, tell, port } = await opened();
  port.say({ type: 'failed', id: asked(port, 'list-certificates')[0], failure: { code: 'STORAGE_FAILED' } });
  await line.list(tell);
  assert.deepEqual(news.slice(1), [{ type: 'host-failed', failure: { code: 'STORAGE_FAILED' } }]);
});

test('a failure is rebuilt with what screens may show', () => {
  const failure = { code: 'PIN_WRONG', subject: 's', tries: { exactly: 2 } };
  assert.deepEqual(asFailure({ ...failure, stack: '…' }), failure);
  assert.deepEqual(asFailure({ code: 'PIN_WRONG' }), { code: 'PIN_WRONG' });
});

test('what no part of Tamga has said is an internal failure', (context) => {
  context.mock.method(console, 'error', () => {});
  const errors = [Object.assign(new Error('lost'), { code: 'PIN_WRONG' }), new TypeError('lost'), { code: 5 }, {}, 'PIN_WRONG', null, undefined];
  for (const error of errors) assert.deepEqual(asFailure(error), { code: 'INTERNAL' });
});

test('pages tell each other what the person has changed', async () => {
  const [one, other] = [new HostClient(startHost()), new HostClient(startHost())];
  const told = [];
  await one.open((news) => told.push(`one ${news.type}`));
  await other.open((news) => told.push(`other ${news.type}`));
  one.tellOthers();
  await null;
  assert.deepEqual(told, ['one host-opened', 'other host-opened', 'other readers-changed']);
});
