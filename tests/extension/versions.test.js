/** Which half is older, and what hosts of version 0.1 say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { asFailure } = await import('../../extension/failure.js');
const { Host } = await import('../../extension/native.js');
const { OLDEST_HOST, OLDEST_PROTOCOL, PROTOCOL, compare, outdated } = await import('../../extension/versions.js');

const own = browser.runtime.getManifest().version;
const hello = (more) => ({ type: 'hello', protocol: PROTOCOL, protocols: { oldest: OLDEST_PROTOCOL, newest: PROTOCOL }, version: own, platform: 'linux', package: 'deb', ...more });

test('versions are compared by their numbers', () => {
  const ordered = ['0.0.9', '0.1', '0.1.1', '0.2.0-rc.1', '0.10', '1', '1.0.0.1', '2'];
  for (const [index, version] of ordered.entries()) {
    assert.equal(compare(version, version), 0);
    for (const later of ordered.slice(index + 1)) assert.ok(compare(version, later) < 0 && compare(later, version) > 0, `${version} ${later}`);
  }
  for (const equal of ['0.1.0', '0.1.0.0', '0.1+build', '0.1.x']) assert.equal(compare('0.1', equal), 0);
});

for (const [what, more, expected] of [
  ['the same version', {}, null],
  ['an older one', { version: '0.0.9' }, { failure: { code: 'HOST_OUTDATED', package: 'deb' }, works: false }],
  ['a newer one', { version: '9.0' }, { failure: { code: 'EXTENSION_OUTDATED' }, works: true }],
  ['one that does not say how it came', { version: '0.0.1', package: undefined, protocols: undefined }, { failure: { code: 'HOST_OUTDATED' }, works: false }],
  ['one of the protocols before', { protocols: { oldest: 0, newest: OLDEST_PROTOCOL - 1 } }, { failure: { code: 'HOST_OUTDATED', package: 'deb' }, works: false }],
  ['one of later protocols', { protocols: { oldest: PROTOCOL + 1, newest: PROTOCOL + 2 } }, { failure: { code: 'EXTENSION_OUTDATED' }, works: false }],
  ['one that speaks later protocols too', { protocols: { oldest: PROTOCOL, newest: PROTOCOL + 2 } }, null],
]) {
  test(`a host: ${what}`, () => assert.deepEqual(outdated(hello(more)), expected));
}

test('a host older than the extension works, and what it does not understand is explained by that', async () => {
  browser.runtime.getManifest = () => ({ version: '7.3.0' });
  const older = { code: 'HOST_OUTDATED', package: 'deb' };
  assert.deepEqual(outdated(hello({ version: OLDEST_HOST })), { failure: older, works: true });
  const codes = { 'read-proxy': 'REQUEST_MALFORMED', 'list-trust': 'STORAGE_FAILED' };
  const host = await open((message, port) => {
    if (message.command.type === 'hello') port.say({ type: 'reply', id: message.id, reply: hello({ version: OLDEST_HOST }) });
    else port.say({ type: 'failed', id: message.id, failure: { code: codes[message.command.type] } });
  });
  assert.deepEqual(host.outdated, older);
  await assert.rejects(host.request({ type: 'read-proxy' }), older);
  await assert.rejects(host.request({ type: 'list-trust' }), { code: 'STORAGE_FAILED' });
  browser.runtime.getManifest = () => ({ version: own });
  assert.deepEqual(asFailure(older), older);
});

const FROM_HOST = readFileSync(new URL('../transcripts/0.1/from_host.jsonl', import.meta.url), 'utf8').trim().split('\n').map((line) => JSON.parse(line));

for (const [index, message] of FROM_HOST.entries()) {
  const { reply, failure, event } = message;
  if (!reply && !failure && !event) continue;
  test(`what a host of version 0.1 says is heard: ${index + 1}, ${reply?.type ?? event?.type ?? failure.code}`, async () => {
    const { version, ...rest } = FROM_HOST[0].reply;
    const host = await open(({ id, command }, port) => {
      if (command.type === 'hello') return port.say({ type: 'reply', id, reply: { ...rest, version } });
      port.say({ ...message, id: failure && message.id === 0 ? 0 : id });
      if (event) port.say({ type: 'reply', id, reply: { type: 'done' } });
    });
    assert.equal(host.version, version);
    const heard = [];
    const request = host.request({ type: 'list-certificates' }, (told) => heard.push(told));
    if (failure) return assert.rejects(request, failure);
    assert.deepEqual(await request, reply ?? { type: 'done' });
    assert.deepEqual(heard, event ? [event] : []);
  });
}

/** Opens a host whose other end is `answer`. */
async function open(answer) {
  browser.runtime.connectNative = () => new Port(answer);
  return Host.open();
}
