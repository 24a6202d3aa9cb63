/** Which port the sign window takes for the page's, and what it takes from it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, Listeners, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { acceptRequest } = await import('../../extension/sign/request.js');

const ID = '0123456789abcdef'.repeat(2);
const CERTIFICATE = { id: '00' };
const GET = { type: 'get-certificate', filter: {} };
const SIGN = { type: 'sign', documents: [{ name: 'a.txt', size: 4, content: new Blob(['text']) }], hashes: [], detached: false };
const settled = () => new Promise(setImmediate);

/**
 * A sign window that was opened for frame 3 of tab 7, and its page. `said` comes first on the port; `document` is what the
 * page says it is, before and after.
 */
function open(context, { scope = 'sign', said = { type: 'command', command: SIGN, probe: new Blob(['?']) }, known = true, documents = [1, 1], frame = 3 } = {}) {
  const clock = new Clock(context);
  const closed = [];
  const connected = [];
  const port = portOf(`request:${ID}`, { frameId: frame });
  browser.runtime.onConnect = new Listeners();
  browser.windows.getCurrent = async () => ({ id: 5 });
  browser.windows.remove = async (id) => void closed.push(id);
  browser.tabs.sendMessage = async (tab, message, { frameId }) => {
    assert.equal(tab, 7);
    if (message.type === 'page') return { document: documents.shift(), touched: true };
    assert.deepEqual([message, frameId], [{ type: 'window-ready', id: ID }, frame]);
    connected.push(true);
    return { known };
  };
  globalThis.location = { search: `?scope=${scope}&request=${ID}&tab=7&frame=${frame}` };
  const left = [];
  globalThis.addEventListener = (type, listener) => type === 'pagehide' && left.push(listener);
  const request = acceptRequest();
  request.catch(() => {});
  /** The content script opens its port, and says the command. */
  const connect = async () => {
    await settled();
    browser.runtime.onConnect.fire(port);
    port.onMessage.fire(said);
    await settled();
    return request;
  };
  return { clock, closed, connect, port, request, leave: () => left.forEach((listener) => listener()) };
}

/** A port as the browser describes it. By reference: a Blob is a Blob at the other end. */
function portOf(name, { origin = 'https://shop.example', top = 'https://shop.example/', tab = 7, frameId = 3 } = {}) {
  const port = new Port(() => {});
  port.name = name;
  port.sender = { id: 'tamga', origin, url: `${origin}/`, frameId, tab: { id: tab, url: top } };
  port.postMessage = (message) => void port.sent.push(message);
  port.say = (message) => port.onMessage.fire(message);
  return port;
}

const types = (port) => port.sent.map(({ type }) => type);
const code = (expected) => (failure) => failure.code === expected;

test('the request is of the page that the browser names, with its documents', async (context) => {
  const { connect } = open(context);
  const { origin, topOrigin, privateWindow, command, scope, blobs } = await connect();
  assert.deepEqual([origin, topOrigin, privateWindow, scope], ['https://shop.example', null, false, 'sign']);
  assert.deepEqual(command, { ...SIGN, documents: [{ name: 'a.txt', size: 4 }] });
  assert.equal(await blobs[0].text(), 'text');
});

test('a certificate has no documents', async (context) => {
  const { connect } = open(context, { scope: 'certificate', said: { type: 'command', command: GET, probe: {} } });
  const { command, scope, blobs } = await connect();
  assert.deepEqual([command, scope, blobs], [GET, 'certificate', []]);
});

for (const [what, ...other] of [
  ['of another request', `request:${'f'.repeat(32)}`],
  ['of another tab', `request:${ID}`, { tab: 8 }],
  ['of another frame', `request:${ID}`, { frameId: 4 }],
  ['of a page without https', `request:${ID}`, { origin: 'http://shop.example' }],
]) {
  test(`a port ${what} is not the page's, and is left to its owner`, async (context) => {
    const { connect, request } = open(context);
    await settled();
    const stranger = portOf(...other);
    browser.runtime.onConnect.fire(stranger);
    stranger.onMessage.fire({ type: 'command', command: GET, probe: {} });
    await settled();
    assert.equal(await Promise.race([request, 'waits']), 'waits');
    assert.equal((await connect()).command.type, 'sign');
    assert.ok(!stranger.disconnected);
  });
}

test('a page that does not know the request, or does not come, has its window closed', async (context) => {
  const unknown = open(context, { known: false });
  await assert.rejects(unknown.request, code('CANCELLED'));
  assert.deepEqual(unknown.closed, [5]);
  const late = open(context);
  await settled();
  late.clock.pass(10_000);
  await assert.rejects(late.request, code('TIMEOUT'));
  assert.deepEqual(late.closed, [5]);
  const gone = open(context, { said: null });
  await settled();
  browser.runtime.onConnect.fire(gone.port);
  gone.port.lose();
  await assert.rejects(gone.request, code('CANCELLED'));
});

for (const [what, options] of [
  ['another command than the window was opened for', { scope: 'certificate' }],
  ['no command', { said: { type: 'received' } }],
  ['a command that cannot be read', { said: { type: 'command', command: { type: 'status' }, probe: new Blob() } }],
  ['a document that is no Blob', { said: { type: 'command', command: { ...SIGN, documents: [{ name: 'a', size: 1, content: {} }] }, probe: new Blob() } }],
]) {
  test(`${what} is malformed: the page hears it and the window closes`, async (context) => {
    const { connect, port, closed } = open(context, options);
    port.postMessage = (message) => {
      port.sent.push(message);
      queueMicrotask(() => port.say({ type: 'received' }));
    };
    await assert.rejects(connect(), code('REQUEST_MALFORMED'));
    await settled();
    assert.deepEqual(port.sent, [{ type: 'failed', code: 'REQUEST_MALFORMED' }]);
    assert.deepEqual(closed, [5]);
  });
}

for (const [what, documents, frame, act, takenBack] of [
  ['a page that is left', [1, 2], 3, ({ port }) => port.lose(), false],
  ['a page that does not answer any more', [1, undefined], 3, ({ port }) => port.lose(), false],
  ['a page that never answered', [undefined, undefined], 3, ({ port }) => port.lose(), false],
  ['a page without frames', [1, 1], 0, ({ port }) => port.lose(), false],
  ['a frame that the page has removed', [1, 1], 3, ({ port }) => port.lose(), true],
  ['a page that takes it back', [1, 2], 3, ({ port }) => port.say({ type: 'taken-back' }), true],
]) {
  test(`${what} ends the request once`, async (context) => {
    const site = open(context, { documents, frame });
    const request = await site.connect();
    const gone = [];
    request.onGone((takenBack) => gone.push(takenBack));
    const failing = assert.rejects(request.fail({ code: 'CANCELLED' }), code('CANCELLED'));
    act(site);
    act(site);
    await failing;
    await settled();
    assert.deepEqual(gone, [takenBack]);
    await assert.rejects(request.fail({ code: 'CANCELLED' }), code('CANCELLED'));
    assert.deepEqual(types(site.port), ['failed']);
  });
}

test('a window that nobody listens for closes when its page goes', async (context) => {
  const { connect, port, closed } = open(context);
  await connect();
  port.lose();
  await settled();
  assert.deepEqual(closed, [5]);
});

test('a page that goes after it has its answer is not gone', async (context) => {
  const { connect, port } = open(context);
  const request = await connect();
  const gone = [];
  request.onGone((takenBack) => gone.push(takenBack));
  const finished = request.finish({ certificate: CERTIFICATE });
  port.say({ type: 'received' });
  await finished;
  assert.deepEqual(port.sent, [{ type: 'result', result: { certificate: CERTIFICATE }, blobs: [] }]);
  port.lose();
  await settled();
  assert.deepEqual(gone, []);
});

test('the port is closed with the window', async (context) => {
  const { connect, port, leave } = open(context);
  await connect();
  leave();
  assert.ok(port.disconnected);
});

test('a page hears when it may ask again, where that is known', async (context) => {
  const { connect, port } = open(context);
  const { fail, progress } = await connect();
  progress({ phase: 'reading', done: 0, total: 1 });
  fail({ code: 'PERMISSION_DENIED', retryAfter: 5 }).catch(() => {});
  fail({ code: 'PERMISSION_DENIED' }).catch(() => {});
  assert.deepEqual(port.sent, [
    { type: 'progress', progress: { phase: 'reading', done: 0, total: 1 } },
    { type: 'failed', code: 'PERMISSION_DENIED', retryAfter: 5 },
    { type: 'failed', code: 'PERMISSION_DENIED' },
  ]);
});

const WITHOUT_BLOBS = { said: { type: 'command', command: { ...SIGN, documents: [{ name: 'a.txt', size: 4, content: {} }] }, probe: {} } };

test('where messages carry no Blobs documents come as streams', async (context) => {
  const { connect, port } = open(context, WITHOUT_BLOBS);
  const request = connect();
  await settled();
  await settled();
  assert.deepEqual(port.sent, [{ type: 'pull', document: 0, stream: 1 }]);
  port.say({ type: 'chunk', stream: 2, sequence: 0, last: true, data: 'AAAA' });
  port.say({ type: 'chunk', stream: 1, sequence: 0, last: true, data: 'dGV4dA==' });
  assert.equal(await (await request).blobs[0].text(), 'text');
  assert.deepEqual(port.sent[1], { type: 'acknowledge', stream: 1, sequence: 0 });
});

for (const [what, message] of [
  ['breaks off', { type: 'abort', stream: 1 }],
  ['is shorter than it was announced', { type: 'chunk', stream: 1, sequence: 0, last: true, data: 'dGV4' }],
]) {
  test(`a document whose stream ${what} has changed`, async (context) => {
    const { connect, port } = open(context, WITHOUT_BLOBS);
    const request = connect();
    request.catch(() => {});
    await settled();
    await settled();
    port.postMessage = ({ type }) => type === 'failed' && queueMicrotask(() => port.say({ type: 'received' }));
    port.say(message);
    await assert.rejects(request, code('CONTENT_CHANGED'));
  });
}

test('where messages carry Blobs signatures go in the result', async (context) => {
  const { connect, port } = open(context);
  const request = await connect();
  const signature = new Blob(['sig']);
  const finished = request.finish({ certificate: CERTIFICATE, items: [{ name: 'a', signature }] });
  assert.deepEqual(port.sent, [{ type: 'result', result: { certificate: CERTIFICATE, items: [{ name: 'a', signature: 0 }] }, blobs: [signature] }]);
  port.say({ type: 'received' });
  await finished;
});

test('signatures go as streams where they do not', async (context) => {
  const { connect, port } = open(context, WITHOUT_BLOBS);
  const connecting = connect();
  await settled();
  await settled();
  port.say({ type: 'chunk', stream: 1, sequence: 0, last: true, data: 'dGV4dA==' });
  const request = await connecting;
  port.sent.length = 0;
  const finished = request.finish({ certificate: CERTIFICATE, items: [{ name: 'a', signature: new Blob(['sig'], { type: 'a/b' }) }] });
  for (let turn = 0; turn < 10 && port.sent.length < 2; turn += 1) await settled();
  assert.deepEqual(port.sent, [
    { type: 'result', result: { certificate: CERTIFICATE, items: [{ name: 'a', signature: 0 }] }, blobs: [{ stream: 2, size: 3, mime: 'a/b' }] },
    { type: 'chunk', stream: 2, sequence: 0, last: true, data: 'c2ln' },
  ]);
  port.say({ type: 'acknowledge', stream: 2, sequence: 0 });
  port.say({ type: 'received' });
  await finished;
});
