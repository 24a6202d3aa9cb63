import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { PROTOCOL } = await import('../../extension/native.js');
const { HostLine } = await import('../../extension/host_line.js');

/** A host that lists as many keys as it was asked to list before. */
function lister() {
  const port = new Port(({ id, command }) => {
    if (command.type === 'hello') port.say({ type: 'reply', id, reply: { type: 'hello', protocol: PROTOCOL, version: '1.2.3', platform: 'linux' } });
    else port.say({ type: 'reply', id, reply: { type: 'certificates', keys: Array(port.lists++).fill({}), unreadable: [] } });
  });
  port.lists = 0;
  browser.runtime.connectNative = () => port;
  return port;
}

test('the certificates that were asked for ahead are taken once', async () => {
  const port = lister();
  const line = new HostLine();
  const news = [];
  await line.open((it) => news.push(it));
  for (const _ of [1, 2]) await line.list((it) => news.push(it));
  assert.equal(port.lists, 2);
  assert.deepEqual(news, [
    { type: 'host-opened', version: '1.2.3' },
    { type: 'listed', keys: [], unreadable: [] },
    { type: 'listed', keys: [{}], unreadable: [] },
  ]);
});

test('opening anew forgets what the old host said', async () => {
  const old = lister();
  const line = new HostLine();
  const news = [];
  const tell = (it) => news.push(it.type);
  await line.open(tell);
  const fresh = lister();
  await line.open(tell);
  await line.list(tell);
  assert.equal(fresh.lists, 1);
  assert.ok(old.disconnected);
  assert.deepEqual(news, ['host-opened', 'host-opened', 'listed']);
});

test('a host that is missing is said once, when the screen wants it', async () => {
  const port = new Port(() => port.lose('No such native application org.tamga.host'));
  browser.runtime.connectNative = () => port;
  const line = new HostLine();
  const news = [];
  await line.open((it) => news.push(it));
  assert.deepEqual(news, [{ type: 'host-failed', failure: { code: 'HOST_MISSING' } }]);
});
