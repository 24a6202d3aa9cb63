/** The content script by itself: whom it listens to, what it tells the worker, the window and the page, and when. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ID, OTHER, page, plain, settled, until } from './content_page.js';
import { Clock } from './fakes.js';

const CERTIFICATE = { id: 'c' };
const GET = { type: 'get-certificate', filter: {} };
const SIGN = { type: 'sign', documents: [{ name: 'a.txt', content: new Blob(['text']) }], hashes: [] };

/** A page that has asked for a certificate, and a window that has answered. */
async function answered(context) {
  const clock = new Clock(context);
  const site = page();
  site.request({ type: 'get-certificate', filter: {} });
  await settled();
  site.ask({ type: 'window-ready', id: ID });
  site.port.say({ type: 'result', result: { certificate: CERTIFICATE }, blobs: [] });
  await settled();
  return { ...site, clock };
}

test('the window hears that the page has its answer when the page’s own half confirms it', async (context) => {
  const { say, answers, concluded, posted } = await answered(context);
  assert.ok(!('items' in posted.at(-1).result));
  assert.deepEqual(answers()[0].result, { certificate: CERTIFICATE });
  assert.deepEqual(concluded(), []);
  say({ kind: 'received', id: 'f'.repeat(32) });
  await settled();
  assert.deepEqual(concluded(), []);
  say({ kind: 'received' });
  await settled();
  assert.deepEqual(concluded(), ['received']);
});

test('an answer that nobody takes is posted again, and at last counts as lost', async (context) => {
  const { answers, clock, concluded } = await answered(context);
  clock.pass(4_500);
  await settled();
  assert.equal(answers().length, 5);
  assert.deepEqual(concluded(), []);
  clock.pass(1_000);
  await settled();
  assert.deepEqual(concluded(), ['INTERRUPTED']);
  clock.pass(10_000);
  assert.equal(answers().length, 5);
});

test('a page’s half that listens again in time takes it', async (context) => {
  const { say, clock, concluded } = await answered(context);
  clock.pass(2_500);
  say({ kind: 'received' });
  await settled();
  assert.deepEqual(concluded(), ['received']);
});

test('in a document that is rewritten it listens again', () => {
  const { isPresent, loseListeners, changeDocument } = page();
  assert.ok(isPresent());
  loseListeners();
  assert.ok(!isPresent());
  changeDocument();
  assert.ok(isPresent());
});

test('the page hears when it may ask again', async () => {
  const { request, answers } = page({ type: 'refused', failure: { code: 'PERMISSION_DENIED', retryAfter: 30_000 } });
  request({ type: 'get-certificate', filter: {} });
  await settled();
  assert.deepEqual(answers()[0].failure, { code: 'PERMISSION_DENIED', retryAfter: 30_000 });
});

test('it hears its own window only, and messages of this version only', async () => {
  const { post, told, posted } = page();
  const message = { tamga: 1, kind: 'request', id: ID, command: GET };
  post(message, {});
  post(message, null);
  for (const other of [{ ...message, tamga: 2 }, { ...message, tamga: undefined }, { ...message, kind: 'open' }, { ...message, kind: undefined }, null, 'request', 7]) post(other);
  for (const id of [undefined, 7, [ID], 'short', ID.toUpperCase(), `${ID}0`, ` ${ID}`]) post({ ...message, id });
  await settled();
  assert.deepEqual([told, posted], [[], []]);
});

for (const [name, command] of [
  ['nothing', undefined],
  ['another type', { type: 'grant' }],
  ['no list of documents', { ...SIGN, documents: { length: 0 } }],
  ['no list of hashes', { ...SIGN, hashes: undefined }],
  ['1001 documents', { ...SIGN, documents: Array(1001).fill(SIGN.documents[0]) }],
  ['1001 hashes', { ...SIGN, documents: [], hashes: Array(1001).fill({}) }],
  ['a document that is no Blob', { ...SIGN, documents: [{ name: 'a', content: { size: 1 } }] }],
  ['no document', { ...SIGN, documents: [null] }],
]) {
  test(`a command with ${name} is malformed, and nobody hears of it`, async () => {
    const { request, told, answers } = page();
    request(command);
    await settled();
    assert.deepEqual(told, []);
    assert.deepEqual(answers(), [{ tamga: 1, kind: 'answer', id: ID, failure: { code: 'REQUEST_MALFORMED' } }]);
  });
}

test('what goes to the window is rebuilt', async () => {
  const { request, ask, port, names } = page();
  const hashes = [{ name: 'h', algorithm: 'SHA-256', value: 'ab', module: 'x' }];
  request({ ...SIGN, documents: [{ ...SIGN.documents[0], path: '/etc/passwd' }], hashes, format: 'cms', password: '1234', origin: 'https://bank.example' });
  await settled();
  assert.deepEqual(ask({ type: 'window-ready', id: ID }), { known: true });
  assert.deepEqual(names, [`request:${ID}`]);
  const [{ type, command, probe }] = port.sent;
  assert.equal(type, 'command');
  assert.ok(probe instanceof Blob);
  const [{ name, hash, size, content, ...unknown }] = command.documents;
  assert.deepEqual([name, size, content, plain(unknown)], ['a.txt', 4, SIGN.documents[0].content, {}]);
  assert.deepEqual(plain({ ...command, documents: [] }), { type: 'sign', format: 'cms', documents: [], hashes: [{ name: 'h', algorithm: 'SHA-256', value: 'ab' }] });
});

test('bounds are inclusive', async () => {
  const { request, told } = page();
  request({ ...SIGN, documents: Array(1000).fill({ name: 'empty', content: new Blob() }) });
  await settled();
  assert.equal(told[0].type, 'open');
});

test('the worker hears the request\'s id and scope, and whether the person is there', async () => {
  for (const [command, scope] of [[GET, 'certificate'], [SIGN, 'sign']]) {
    const { request, told, touch } = page();
    touch();
    request(command);
    await settled();
    assert.deepEqual(plain(told), [{ type: 'open', id: ID, scope, touched: true, gesture: true }]);
  }
});

test('what was touched before a reload does not count, nor does what the page pretends', () => {
  const { ask, touch } = page({ type: 'opened' }, { userActivation: { hasBeenActive: true, isActive: false } });
  assert.deepEqual(ask({ type: 'page' }), { document: 1234.5, touched: false });
  touch(false);
  assert.equal(ask({ type: 'page' }).touched, false);
  touch();
  assert.equal(ask({ type: 'page' }).touched, true);
  assert.equal(page().ask({ type: 'page' }).touched, false);
});

test('a request counts once, and there is one at a time', async () => {
  const { request, told, answers } = page();
  request(GET);
  await settled();
  request(GET);
  request(GET, OTHER);
  await settled();
  assert.deepEqual(told.map(({ type }) => type), ['open']);
  assert.deepEqual(answers(), [{ tamga: 1, kind: 'answer', id: OTHER, failure: { code: 'BUSY' } }]);
});

test('the window comes to the front once, and after a gesture', async () => {
  const { request, told, window } = page();
  request(GET);
  await settled();
  const raised = () => told.filter(({ type }) => type === 'raise').map(({ id }) => id);
  request(GET, OTHER);
  await settled();
  assert.deepEqual(raised(), []);
  window.userActivation.isActive = true;
  for (const id of [OTHER, 'e'.repeat(32)]) request(GET, id);
  await settled();
  assert.deepEqual(raised(), [ID]);
});

test('a request that waits gives way to one that the person makes, ends after its time, and tells its page', async (context) => {
  const clock = new Clock(context);
  const { request, answers, posted, told, touch } = page({ type: 'waiting', milliseconds: 500 });
  request(SIGN);
  await settled();
  assert.deepEqual(plain(posted), [{ tamga: 1, kind: 'progress', id: ID, progress: { phase: 'waiting', done: 0, total: 1 } }]);
  request(GET, OTHER);
  await settled();
  assert.equal(answers()[0].failure.code, 'BUSY');
  touch();
  request(GET, OTHER);
  await settled();
  assert.deepEqual(answers()[1], { tamga: 1, kind: 'answer', id: ID, failure: { code: 'NOT_ANSWERED' } });
  assert.deepEqual(told.filter(({ type }) => type === 'settled').map(({ id, ending }) => [id, ending]), [[ID, 'answered']]);
  clock.pass(499);
  assert.equal(answers().length, 2);
  clock.pass(1);
  assert.deepEqual(answers()[2], { tamga: 1, kind: 'answer', id: OTHER, failure: { code: 'NOT_ANSWERED' } });
});

test('with digests that wait the page hears how many', async () => {
  const { request, posted } = page({ type: 'waiting', milliseconds: 500 });
  request({ ...SIGN, documents: [], hashes: [{}, {}] });
  await settled();
  assert.equal(posted[0].progress.total, 2);
});

test('a request that has a window waits for it, and does not give way', async (context) => {
  const clock = new Clock(context);
  const { request, answers, ask, touch } = page({ type: 'waiting', milliseconds: 500 });
  request(GET);
  await settled();
  assert.deepEqual(ask({ type: 'window-ready', id: ID }), { known: true });
  clock.pass(10_000);
  touch();
  request(GET, OTHER);
  await settled();
  assert.deepEqual(answers().map(({ id, failure }) => [id, failure.code]), [[OTHER, 'BUSY']]);
});

test('a request that was taken back while it was looked at does not wait', async () => {
  let reply;
  const { request, say, told } = page(({ type }) => (type === 'open' ? new Promise((resolve) => (reply = resolve)) : { type: 'done' }));
  request(GET);
  await settled();
  say({ kind: 'abort' });
  reply({ type: 'waiting', milliseconds: 500 });
  await settled();
  assert.deepEqual(told.slice(1).map(({ type, ending }) => [type, ending]), [['settled', 'taken-back'], ['settled', 'taken-back']]);
});

test('only the window of a request is met, and once', async () => {
  const { request, ask, names } = page();
  assert.deepEqual(ask({ type: 'window-ready', id: ID }), { known: false });
  request(GET);
  await settled();
  assert.deepEqual(ask({ type: 'window-ready', id: OTHER }), { known: false });
  assert.deepEqual(ask({ type: 'window-ready', id: ID }), { known: true });
  assert.deepEqual(ask({ type: 'window-ready', id: ID }), { known: false });
  assert.equal(names.length, 1);
});

for (const [what, act, ending, isFrame, sent] of [
  ['is taken back', (site) => site.say({ kind: 'abort' }), 'taken-back', false, ['command', 'taken-back']],
  ['is left with its page', (site) => site.leave(), 'left', false, ['command']],
  ['is gone with its frame, which the page may have removed', (site) => site.leave(), 'taken-back', true, ['command']],
  ['has its window closed', (site) => site.port.lose(), 'answered', false, ['command']],
]) {
  test(`a request that ${what} is cancelled`, async () => {
    const site = page({ type: 'opened' }, { isFrame });
    site.request(GET);
    await settled();
    site.ask({ type: 'window-ready', id: ID });
    act(site);
    await settled();
    assert.deepEqual(site.answers(), [{ tamga: 1, kind: 'answer', id: ID, failure: { code: 'CANCELLED' } }]);
    assert.deepEqual(site.port.sent.map(({ type }) => type), sent);
    assert.ok(site.port.disconnected);
    assert.deepEqual(plain(site.told.slice(1)), [{ type: 'settled', id: ID, ending }]);
  });
}

test('a request that was refused is not settled with the worker', async () => {
  const { request, told } = page({ type: 'refused', failure: { code: 'BUSY' } });
  request(GET);
  await settled();
  assert.deepEqual(told.map(({ type }) => type), ['open']);
});

test('a window that never came says that the request came to nothing', async () => {
  const { request, ask, answers } = page();
  request(GET);
  await settled();
  ask({ type: 'window-closed', id: OTHER });
  assert.deepEqual(answers(), []);
  ask({ type: 'window-closed', id: ID });
  assert.equal(answers()[0].failure.code, 'CANCELLED');
});

test('an extension that is gone is not there, and interrupts what is open', async () => {
  const { request, ask, answers, isPresent, port, runtime } = page();
  request(GET);
  await settled();
  ask({ type: 'window-ready', id: ID });
  runtime.id = undefined;
  assert.ok(!isPresent());
  port.lose();
  assert.equal(answers()[0].failure.code, 'INTERRUPTED');
});

test('a worker that cannot be reached, or does not answer, interrupts', async () => {
  for (const reply of [() => Promise.reject(new Error('gone')), () => undefined]) {
    for (const command of [GET, { type: 'status' }]) {
      const { request, answers } = page(reply);
      request(command);
      await settled();
      assert.deepEqual(answers()[0].failure, { code: 'INTERRUPTED' });
    }
  }
});

test('one question about the host answers all that ask meanwhile', async () => {
  const status = { extensionVersion: '1', hostVersion: null, problem: 'HOST_MISSING' };
  const { request, told, answers, touch } = page({ type: 'status', ...status });
  touch();
  for (const id of [ID, OTHER]) request({ type: 'status' }, id);
  await settled();
  assert.deepEqual(plain(told), [{ type: 'status', touched: true }]);
  assert.deepEqual(answers(), [ID, OTHER].map((id) => ({ tamga: 1, kind: 'answer', id, result: status })));
  request({ type: 'status' });
  await settled();
  assert.equal(told.length, 2);
  const strange = page({ type: 'done' });
  strange.request({ type: 'status' });
  await settled();
  assert.deepEqual(strange.answers()[0].failure, { code: 'INTERNAL' });
});

test('messages are for this page\'s origin, and for anybody where it has none', async () => {
  for (const [origin, target] of [['https://shop.example', 'https://shop.example'], ['null', '*']]) {
    const { request, targets } = page({ type: 'refused', failure: { code: 'BUSY' } }, { origin });
    request(GET);
    await settled();
    assert.deepEqual(targets, [target]);
  }
});

/** A request that has its window. */
async function connected(command = GET) {
  const site = page();
  site.request(command);
  await settled();
  site.ask({ type: 'window-ready', id: ID });
  return site;
}

test('a failure is told with its code, and a time that is one', async () => {
  const { port, answers, concluded } = await connected();
  port.say({ type: 'failed', code: 'PERMISSION_DENIED', retryAfter: 'soon', subject: 'Rutoken of Anna' });
  assert.deepEqual(answers()[0].failure, { code: 'PERMISSION_DENIED' });
  assert.deepEqual(concluded(), ['received']);
  const again = await connected();
  again.port.say({ type: 'failed', code: 'PERMISSION_DENIED', retryAfter: 5 });
  assert.deepEqual(again.answers()[0].failure, { code: 'PERMISSION_DENIED', retryAfter: 5 });
});

test('progress is passed on', async () => {
  const { port, posted } = await connected();
  port.say({ type: 'progress', progress: { phase: 'reading', done: 0, total: 1 } });
  assert.deepEqual(plain(posted), [{ tamga: 1, kind: 'progress', id: ID, progress: { phase: 'reading', done: 0, total: 1 } }]);
});

test('a document is streamed where it is pulled', async () => {
  const { port } = await connected(SIGN);
  port.say({ type: 'pull', document: 0, stream: 5 });
  await until(() => port.sent.length > 1);
  assert.deepEqual(plain(port.sent.at(-1)), { type: 'chunk', stream: 5, sequence: 0, last: true, data: 'dGV4dA==' });
});

test('a document is sent in a window of chunks, which are acknowledged, until the request ends', async () => {
  const { port, say } = await connected({ ...SIGN, documents: [{ name: 'a', content: new Blob([new Uint8Array(5 << 20)]) }] });
  const chunks = () => port.sent.filter(({ type }) => type === 'chunk').length;
  const stopsAt = async (count) => {
    await until(() => chunks() >= count);
    for (let turn = 0; turn < 20; turn += 1) await settled();
    assert.equal(chunks(), count);
  };
  port.say({ type: 'pull', document: 0, stream: 1 });
  await stopsAt(8);
  port.say({ type: 'acknowledge', stream: 2, sequence: 0 });
  await stopsAt(8);
  port.say({ type: 'acknowledge', stream: 1, sequence: 1 });
  await stopsAt(10);
  say({ kind: 'abort' });
  port.disconnected = false;
  port.say({ type: 'acknowledge', stream: 1, sequence: 9 });
  await stopsAt(10);
});

test('a certificate has no document that could be pulled', async () => {
  const { port } = await connected();
  port.say({ type: 'pull', document: 0, stream: 5 });
  await settled();
  assert.deepEqual(port.sent.map(({ type }) => type), ['command']);
});

test('signatures are copied, and errors cut down to their code', async () => {
  const { port, answers, posted, say, concluded } = await connected(SIGN);
  const signature = new Blob(['signature']);
  port.say({
    type: 'result',
    result: { certificate: CERTIFICATE, secret: 's', items: [{ name: 'a', signature: 0 }, { name: 'b', error: { code: 'KEY_MISMATCH', subject: 's' } }] },
    blobs: [signature],
  });
  await until(() => answers().length > 0);
  const { result } = posted.at(-1);
  assert.deepEqual(plain(result), { certificate: CERTIFICATE, items: [{ name: 'a', signature: {} }, { name: 'b', error: { code: 'KEY_MISMATCH' } }] });
  assert.notEqual(result.items[0].signature, signature);
  assert.equal(await result.items[0].signature.text(), 'signature');
  say({ kind: 'received' });
  await settled();
  assert.deepEqual(concluded(), ['received']);
});

test('signatures that come as streams are put together', async () => {
  const { port, answers, posted } = await connected(SIGN);
  port.say({ type: 'result', result: { certificate: CERTIFICATE, items: [{ name: 'a', signature: 0 }] }, blobs: [{ stream: 3, size: 4, mime: 'application/pkcs7-signature' }] });
  port.say({ type: 'chunk', stream: 4, sequence: 0, last: true, data: 'dGV4dA==' });
  port.say({ type: 'chunk', stream: 3, sequence: 0, last: false, data: 'dGV4' });
  await settled();
  assert.deepEqual(answers(), []);
  port.say({ type: 'chunk', stream: 3, sequence: 1, last: true, data: 'dA==' });
  await until(() => answers().length > 0);
  const [{ signature }] = posted.at(-1).result.items;
  assert.deepEqual([await signature.text(), signature.type], ['text', 'application/pkcs7-signature']);
});

test('a signature that was cut short is lost', async () => {
  const streamed = await connected(SIGN);
  streamed.port.say({ type: 'result', result: { certificate: CERTIFICATE, items: [{ name: 'a', signature: 0 }] }, blobs: [{ stream: 3, size: 4, mime: '' }] });
  streamed.port.say({ type: 'chunk', stream: 3, sequence: 0, last: true, data: 'dGV4' });
  const short = await connected(SIGN);
  const blob = new Blob(['signature']);
  short.window.Response = class {
    blob = async () => new Blob(['signat']);
  };
  short.port.say({ type: 'result', result: { certificate: CERTIFICATE, items: [{ name: 'a', signature: 0 }] }, blobs: [blob] });
  const broken = await connected(SIGN);
  broken.port.say({ type: 'abort', stream: 3 });
  for (const [site, told] of [[streamed, ['acknowledge', 'CONTENT_CHANGED']], [short, ['CONTENT_CHANGED']], [broken, []]]) {
    await until(() => site.answers().length > 0);
    await settled();
    assert.deepEqual(site.answers().map(({ failure }) => failure.code), ['CONTENT_CHANGED']);
    assert.deepEqual(site.concluded().slice(-1), told.slice(-1));
  }
});
