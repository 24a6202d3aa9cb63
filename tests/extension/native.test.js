import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, test } from 'node:test';
import { Clock, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { startHost } = await import('../../extension/browser.js');
const { Host, LARGE_MESSAGE, MAX_LARGE_MESSAGE } = await import('../../extension/native.js');
const { OLDEST_PROTOCOL, PROTOCOL } = await import('../../extension/versions.js');
const { WINDOW } = globalThis.tamgaStreams;

const HELLO = { type: 'hello', protocol: PROTOCOL, version: '1.2.3', platform: 'linux' };

/** A host that greets, and leaves everything else to `rest`. */
function greeting(rest = () => {}, hello = HELLO) {
  return (message, port) => {
    if (message.command?.type === 'hello') port.say({ type: 'reply', id: message.id, reply: hello });
    else rest(message, port);
  };
}

/** Opens a host whose other end is `answer`. */
async function open(answer) {
  const port = new Port(answer);
  browser.runtime.connectNative = () => port;
  return { port, host: await Host.open() };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

test('greets, and says the version of both', async () => {
  const { port, host } = await open(greeting());
  assert.equal(host.version, '1.2.3');
  assert.deepEqual(port.sent[0], { type: 'request', id: 1, command: { type: 'hello', protocol: PROTOCOL, oldestProtocol: OLDEST_PROTOCOL, version: '0.1.0' } });
});

test('what is asked ahead goes right behind the greeting', async () => {
  const port = new Port((message) => {
    if (message.type !== 'request' || message.command.type !== 'list-certificates') return;
    port.say({ type: 'reply', id: 1, reply: HELLO });
    port.say({ type: 'reply', id: message.id, reply: { type: 'certificates', keys: [], unreadable: [] } });
  });
  browser.runtime.connectNative = () => port;
  let listed;
  await Host.open((host) => {
    listed = host.request({ type: 'list-certificates' });
  });
  assert.equal((await listed).type, 'certificates');
});

test('refuses another protocol and ends that host', async () => {
  await assert.rejects(open(greeting(undefined, { ...HELLO, protocol: PROTOCOL + 1 })), { code: 'EXTENSION_OUTDATED' });
  assert.ok(browser.runtime.connectNative().disconnected);
  await assert.rejects(open(greeting(undefined, { ...HELLO, type: 'done' })), { code: 'HOST_OUTDATED' });
});

test('a host that has greeted is not missing, whatever the browser says', async () => {
  const { port, host } = await open(greeting());
  port.lose('An unexpected error occurred');
  assert.deepEqual(await host.ended, { code: 'HOST_STOPPED' });
});

test('what is cancelled before it is asked is not asked', async () => {
  const { port, host } = await open(greeting());
  await assert.rejects(host.request({ type: 'list-certificates' }, undefined, AbortSignal.abort()), { code: 'CANCELLED' });
  assert.equal(port.sent.length, 1);
});

for (const [reason, code] of [
  ['Specified native messaging host not found.', 'HOST_MISSING'],
  ['Access to the specified native messaging host is forbidden.', 'HOST_FORBIDDEN'],
  ['Access to the native messaging host was disabled by the system administrator.', 'HOST_BLOCKED'],
  ['Failed to start native messaging host.', 'HOST_NOT_STARTED'],
  ['Native host has exited.', 'HOST_NOT_STARTED'],
  ['No such native application org.tamga.host', 'HOST_MISSING'],
  ['An unexpected error occurred', 'HOST_NOT_STARTED'],
  ['A native application tried to send a message of 1936287828 bytes, which exceeds the limit of 1048576 bytes.', 'HOST_GARBLED'],
  [undefined, 'HOST_NOT_STARTED'],
]) {
  test(`before the greeting, "${reason}" is ${code}`, async () => {
    await assert.rejects(open((_message, port) => port.lose(reason)), { code });
  });
}

const GARBLED_OR_ENDED = 'Error when communicating with the native messaging host.';

for (const [again, code] of [
  [GARBLED_OR_ENDED, 'HOST_GARBLED'],
  ['Native host has exited.', 'HOST_NOT_STARTED'],
]) {
  test(`a program that fails at our first message is started once more and sent nothing: "${again}" is ${code}`, async () => {
    const first = new Port((_message, port) => port.lose(GARBLED_OR_ENDED));
    const second = new Port(() => {});
    const ports = [first, second];
    browser.runtime.connectNative = () => /** @type {Port} */ (ports.shift());
    const opened = assert.rejects(Host.open(), { code });
    await settled();
    second.lose(again);
    await opened;
    assert.deepEqual(second.sent, []);
  });
}

test('a program that fails at our first message and waits for it talks nonsense', async (context) => {
  const clock = new Clock(context);
  const opened = assert.rejects(open((_message, port) => port.lose(GARBLED_OR_ENDED)), { code: 'HOST_GARBLED' });
  await new Promise(setImmediate);
  clock.pass(2_000);
  await opened;
});

test('Chromium says why in lastError', async () => {
  browser.runtime.lastError = { message: 'Specified native messaging host not found.' };
  await assert.rejects(open((_message, port) => port.lose()), { code: 'HOST_MISSING' });
  browser.runtime.lastError = undefined;
});

test('a host that was started ahead and lost before anybody listened says why', async () => {
  const port = new Port(() => {});
  browser.runtime.connectNative = () => port;
  const started = startHost();
  port.lose('Specified native messaging host not found.');
  await settled();
  await assert.rejects(Host.open(undefined, started), { code: 'HOST_MISSING' });
  assert.deepEqual(port.sent, []);
});

test('a host that is silent is a timeout', async (context) => {
  const clock = new Clock(context);
  const opened = assert.rejects(open(() => {}), { code: 'TIMEOUT' });
  clock.pass(10_000);
  await opened;
});

test('requests are told apart by id, events reach theirs', async () => {
  const { port, host } = await open(greeting());
  const events = [];
  const first = host.request({ type: 'list-certificates' }, (event) => events.push(event));
  const second = host.request({ type: 'remove-key-file', keyFile: 'f' });
  await settled();
  const [{ id: one }, { id: two }] = port.sent.slice(1);
  port.say({ type: 'failed', id: two, failure: { code: 'KEY_FILE_NOT_FOUND', subject: 'f' } });
  port.say({ type: 'event', id: one, event: { type: 'item-signed', index: 0, mediaType: '', pieces: [] } });
  port.say({ type: 'event', id: two, event: { type: 'item-signed', index: 1, mediaType: '', pieces: [] } });
  port.say({ type: 'reply', id: one, reply: { type: 'certificates', keys: [], failures: [] } });
  await assert.rejects(second, { code: 'KEY_FILE_NOT_FOUND', subject: 'f' });
  assert.equal((await first).type, 'certificates');
  assert.deepEqual(events.map(({ index }) => index), [0]);
});

test('a host lost in the middle fails what was open and what comes later', async () => {
  const { port, host } = await open(greeting());
  const open1 = host.request({ type: 'list-certificates' });
  port.lose('Native host has exited.');
  await assert.rejects(open1, { code: 'HOST_STOPPED' });
  await assert.rejects(host.request({ type: 'list-certificates' }), { code: 'HOST_STOPPED' });
});

test('what the host could not read ends everything with its reason', async () => {
  const { port, host } = await open(greeting());
  const reply = host.request({ type: 'list-certificates' });
  port.say({ type: 'failed', id: 0, failure: { code: 'REQUEST_MALFORMED' } });
  await assert.rejects(reply, { code: 'REQUEST_MALFORMED' });
  assert.ok(port.disconnected);
  // The first reason stays.
  host.close();
  await assert.rejects(host.request({ type: 'list-certificates' }), { code: 'REQUEST_MALFORMED' });
});

/** The host's half of `read-document`: hashes, acknowledges, replies. */
function reader() {
  const state = { most: 0, chunks: [], held: [] };
  let document;
  let unacknowledged = 0;
  const hash = createHash('sha256');
  state.answer = greeting((message, port) => {
    if (message.type === 'request') document = { id: message.id, ...message.command };
    if (message.type === 'abort') port.say({ type: 'failed', id: document.id, failure: { code: 'CONTENT_CHANGED' } });
    if (message.type !== 'chunk') return;
    state.chunks.push(message);
    state.most = Math.max(state.most, ++unacknowledged);
    hash.update(Buffer.from(message.data, 'base64'));
    setTimeout(() => {
      unacknowledged--;
      port.say({ type: 'acknowledge', stream: message.stream, sequence: message.sequence });
      if (message.last) {
        const digest = { algorithm: document.digest, value: hash.digest('hex') };
        port.say({ type: 'reply', id: document.id, reply: { type: 'document-read', document: 7, digest } });
      }
    }, 1);
  });
  return state;
}

test('a document is streamed in order, within the window, and kept as it was sent', async () => {
  const bytes = randomBytes(5_000_001);
  const state = reader();
  const { host } = await open(state.answer);
  const progress = [];
  const read = await host.readDocument(new Blob([bytes]), 'SHA-256', { keepsAll: () => true, onProgress: (sent) => progress.push(sent) });
  assert.equal(read.document, 7);
  assert.equal(read.digest.value, createHash('sha256').update(bytes).digest('hex'));
  assert.deepEqual(Buffer.from(await read.content.arrayBuffer()), bytes);
  assert.ok(state.most <= WINDOW && state.most > 1, `${state.most} unacknowledged`);
  assert.deepEqual(state.chunks.map(({ sequence }) => sequence), [...state.chunks.keys()]);
  assert.deepEqual(state.chunks.map(({ last }) => last), state.chunks.map((_, index) => index === state.chunks.length - 1));
  assert.equal(progress.at(-1), bytes.length);
});

test('without acknowledgements the stream waits at the window', async () => {
  const { port, host } = await open(greeting());
  host.readDocument(new Blob([new Uint8Array(8 << 20)]), 'SHA-256').catch(() => {});
  const chunks = () => port.sent.filter(({ type }) => type === 'chunk').length;
  while (chunks() < WINDOW) await settled();
  await settled();
  assert.equal(chunks(), WINDOW);
});

test('an empty document is one empty last chunk', async () => {
  const state = reader();
  const { host } = await open(state.answer);
  const { content } = await host.readDocument(new Blob([]), 'SHA-256', { keepsAll: () => true });
  assert.equal(content.size, 0);
  assert.deepEqual(state.chunks.map(({ last, data }) => [last, data]), [[true, '']]);
});

for (const [kind, size] of /** @type {const} */ ([['small', 2000], ['large', 1 << 20]])) {
  for (const [name, chunks] of /** @type {const} */ ([
    ['ends early', [size / 2]],
    ['grows', [(size * 3) / 4, (size * 3) / 4]],
  ])) {
    test(`a ${kind} document that ${name} is CONTENT_CHANGED, and the host is told`, async () => {
      const { port, host } = await open(reader().answer);
      const blob = fakeBlob(size, chunks.map((length) => new Uint8Array(length)));
      await assert.rejects(host.readDocument(blob, 'SHA-256'), { code: 'CONTENT_CHANGED' });
      await settled();
      assert.ok(port.sent.some(({ type }) => type === 'abort'));
      assert.ok(!port.sent.some(({ type, last }) => type === 'chunk' && last));
    });
  }

  test(`a ${kind} document that cannot be read is CONTENT_CHANGED`, async () => {
    const { host } = await open(reader().answer);
    await assert.rejects(host.readDocument(fakeBlob(size, null), 'SHA-256'), { code: 'CONTENT_CHANGED' });
  });
}

/** A Blob of an announced size, and what comes out of it: null is an error. */
function fakeBlob(size, chunks) {
  const blob = new Blob([new Uint8Array(size)]);
  blob.arrayBuffer = () => new Response(blob.stream()).arrayBuffer();
  blob.stream = () => new ReadableStream({
    start(controller) {
      if (!chunks) return controller.error(new DOMException('gone', 'NotReadableError'));
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return blob;
}

test('a document that is answered by something else ends the host', async () => {
  const { port, host } = await open(greeting(({ type, id }, port) => type === 'request' && port.say({ type: 'reply', id, reply: { type: 'done', document: 7 } })));
  await assert.rejects(host.readDocument(new Blob(['abc']), 'SHA-256'), { code: 'INTERNAL' });
  assert.ok(port.disconnected);
});

test('a file that is to be checked is kept, or hashed to what is named', async () => {
  const commands = [];
  const { host } = await open(greeting((message, port) => {
    if (message.type === 'request') commands.push({ id: message.id, ...message.command });
    if (message.type !== 'chunk') return;
    port.say({ type: 'acknowledge', stream: message.stream, sequence: message.sequence });
    if (message.last) port.say({ type: 'reply', id: commands.at(-1).id, reply: { type: 'check-file-read', file: 3, role: 'signature', digests: ['SHA-256'] } });
  }));
  const sent = [];
  const read = await host.readCheckFile(new Blob(['abc']), 'a.sig', undefined, (bytes) => sent.push(bytes));
  assert.deepEqual(read, { file: 3, role: 'signature', digests: ['SHA-256'] });
  assert.deepEqual(sent, [3]);
  await host.readCheckFile(new Blob(['abcd']), 'a', ['SHA-512'], () => {});
  assert.deepEqual(commands.map(({ name, size, digests }) => [name, size, digests]), [['a.sig', 3, undefined], ['a', 4, ['SHA-512']]]);
});

test('a document that is inside of a file comes in parts', async () => {
  const bytes = randomBytes(1000);
  const { host } = await open(greeting(({ type, id, command }, port) => {
    if (type !== 'request') return;
    const data = bytes.subarray(command.start, command.start + 300).toString('base64');
    port.say({ type: 'reply', id, reply: { type: 'content', data, size: bytes.length } });
  }));
  const content = await host.readContent(3);
  assert.deepEqual(Buffer.from(await content.arrayBuffer()), bytes);
});

test('the host may stop a stream', async () => {
  const { port, host } = await open(
    greeting((message, port) => {
      if (message.type !== 'chunk' || message.sequence !== 3) return;
      port.say({ type: 'abort', stream: message.stream });
      port.say({ type: 'failed', id: 2, failure: { code: 'STORAGE_FAILED' } });
    }),
  );
  await assert.rejects(host.readDocument(new Blob([new Uint8Array(8 << 20)]), 'SHA-256'), { code: 'STORAGE_FAILED' });
  assert.ok(port.sent.filter(({ type }) => type === 'chunk').length <= WINDOW);
});

test('a host lost in mid-stream', async () => {
  const { host } = await open(
    greeting((message, port) => {
      if (message.type === 'chunk' && message.sequence === 2) port.lose('Native host has exited.');
    }),
  );
  await assert.rejects(host.readDocument(new Blob([new Uint8Array(8 << 20)]), 'SHA-256'), { code: 'HOST_STOPPED' });
});

test('closing in mid-stream', async () => {
  const { port, host } = await open(greeting());
  const read = assert.rejects(host.readDocument(new Blob([new Uint8Array(8 << 20)]), 'SHA-256'), { code: 'CANCELLED' });
  await settled();
  host.close();
  await read;
  assert.ok(port.disconnected);
});

test('a large request goes as a stream of its JSON', async () => {
  const chunks = [];
  const { port, host } = await open(
    greeting((message, port) => {
      if (message.type !== 'chunk') return;
      chunks.push(Buffer.from(message.data, 'base64'));
      port.say({ type: 'acknowledge', stream: message.stream, sequence: message.sequence });
      if (!message.last) return;
      const request = JSON.parse(Buffer.concat(chunks).toString());
      port.say({ type: 'reply', id: request.id, reply: { type: 'key-file-added', keys: [], was: request.command.content.length } });
    }),
  );
  const content = 'ы'.repeat(LARGE_MESSAGE * 4);
  const reply = await host.request({ type: 'add-key-file', name: 'a', content, password: '' });
  assert.equal(reply.was, content.length);
  const announced = port.sent.find(({ type }) => type === 'large');
  assert.equal(announced.size, Buffer.concat(chunks).length);
});

/** A request whose JSON has so many bytes; it is the second one. */
function requestOf(bytes) {
  const command = (content) => ({ type: 'add-key-file', name: 'a', content, password: '' });
  const around = JSON.stringify({ type: 'request', id: 2, command: command('') }).length;
  return command('x'.repeat(bytes - around));
}

test('a request goes as a stream only where it is larger than a message may be', async () => {
  for (const [bytes, type] of [[LARGE_MESSAGE >> 1, 'request'], [LARGE_MESSAGE, 'request'], [LARGE_MESSAGE + 1, 'large']]) {
    const { port, host } = await open(greeting());
    host.request(requestOf(bytes)).catch(() => {});
    assert.equal(port.sent[1].type, type);
    host.close();
  }
});

test('a request beyond the limit is refused here', async () => {
  const { port, host } = await open(greeting());
  await assert.rejects(host.request(requestOf(MAX_LARGE_MESSAGE + 1)), { code: 'CONTENT_TOO_LARGE' });
  assert.equal(port.sent.length, 1);
  const { port: another, host: other } = await open(greeting());
  other.request(requestOf(MAX_LARGE_MESSAGE)).catch(() => {});
  assert.deepEqual(another.sent[1], { type: 'large', stream: 1, size: MAX_LARGE_MESSAGE });
  other.close();
});

test('a message that the host announces is within the limit, or the host ends', async () => {
  const { port, host } = await open(greeting());
  port.say({ type: 'large', stream: 5, size: MAX_LARGE_MESSAGE });
  assert.ok(!port.disconnected);
  port.say({ type: 'large', stream: 6, size: MAX_LARGE_MESSAGE + 1 });
  assert.ok(port.disconnected);
  assert.deepEqual(await host.ended, { code: 'INTERNAL' });
});

/** Says a message as the host says large ones. */
function sayLarge(port, message, { size, mangle = (chunk) => chunk } = {}) {
  const json = Buffer.from(JSON.stringify(message));
  port.say({ type: 'large', stream: 5, size: size ?? json.length });
  for (let at = 0, sequence = 0; at < json.length; at += 300_000, sequence++) {
    const data = json.subarray(at, at + 300_000).toString('base64');
    port.say(mangle({ type: 'chunk', stream: 5, sequence, last: at + 300_000 >= json.length, data }));
  }
}

test('a large reply comes as a stream and is acknowledged', async () => {
  const { port, host } = await open(greeting());
  const reply = host.request({ type: 'list-certificates' });
  await settled();
  const keys = Array.from({ length: 1000 }, () => ({ certificate: 'x'.repeat(1000) }));
  sayLarge(port, { type: 'reply', id: 2, reply: { type: 'certificates', keys, failures: [] } });
  assert.equal((await reply).keys.length, 1000);
  await settled();
  assert.deepEqual(port.sent.filter(({ type }) => type === 'acknowledge').map(({ sequence }) => sequence), [0, 1, 2, 3]);
});

for (const [name, options] of [
  ['longer than announced', { size: 10 }],
  ['shorter than announced', { size: 2_000_000 }],
  ['out of order', { mangle: (chunk) => ({ ...chunk, sequence: chunk.sequence * 2 }) }],
  ['no base64', { mangle: (chunk) => ({ ...chunk, data: '*' }) }],
  ['beyond the limit', { size: 33 << 20 }],
]) {
  test(`a large reply that is ${name} ends the host`, async () => {
    const { port, host } = await open(greeting());
    const reply = host.request({ type: 'list-certificates' });
    await settled();
    sayLarge(port, { type: 'reply', id: 2, reply: { type: 'certificates', keys: ['x'.repeat(700_000)], failures: [] } }, options);
    await assert.rejects(reply, { code: 'INTERNAL' });
    assert.ok(port.disconnected);
  });
}

// Newer and older browsers: with and without base64 in Uint8Array. Node 20 is the older kind.
let original;
beforeEach(() => {
  original = [Uint8Array.prototype.toBase64, Uint8Array.fromBase64];
});
afterEach(() => {
  [Uint8Array.prototype.toBase64, Uint8Array.fromBase64] = original;
});
test('the browser\'s own base64 is used where there is one', async () => {
  let used = 0;
  Uint8Array.prototype.toBase64 = function () {
    used++;
    return Buffer.from(this).toString('base64');
  };
  const { host } = await open(reader().answer);
  const { digest } = await host.readDocument(new Blob(['abc']), 'SHA-256');
  assert.equal(used, 1);
  assert.equal(digest.value, createHash('sha256').update('abc').digest('hex'));
});

test('a request that is cancelled fails when the host has given it up, and later ones go on', async () => {
  const { port, host } = await open(greeting((message, port) => {
    if (message.type === 'cancel') port.say({ type: 'failed', id: message.id, failure: { code: 'CANCELLED' } });
    else if (message.command.type === 'hello') port.say({ type: 'reply', id: message.id, reply: HELLO });
  }));
  const cancel = new AbortController();
  const listing = host.request({ type: 'list-certificates' }, () => {}, cancel.signal);
  cancel.abort();
  await assert.rejects(listing, { code: 'CANCELLED' });
  assert.deepEqual(port.sent.at(-1), { type: 'cancel', id: 2 });
  // What has its answer, or never began, is not cancelled.
  host.cancel(2);
  await assert.rejects(host.request({ type: 'list-certificates' }, () => {}, AbortSignal.abort()), { code: 'CANCELLED' });
  assert.equal(port.sent.at(-1).type, 'cancel');
  assert.equal(port.sent.length, 3);
});
