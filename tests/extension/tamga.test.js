import assert from 'node:assert/strict';
import { webcrypto as crypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';
import { Clock } from './fakes.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [, main] = JSON.parse(read('manifests/extension.json')).content_scripts;
const SOURCES = main.js.map((file) => read(`extension/${file}`));

/** Tells of a change in the document when a test says that there is one. */
class FakeObserver {
  static changed = () => {};
  constructor(changed) {
    FakeObserver.changed = changed;
  }
  observe() {}
}

/** A page's window with `tamga.js` in it. `content(message, answer)` is the extension's other half; without it there is none. */
function page(content, globals = {}) {
  const target = new EventTarget();
  const posted = [];
  /** Those of the page's own half. */
  const listeners = [];
  const window = {
    Blob, CustomEvent, TextEncoder, Uint8Array, ArrayBuffer, Map, Error, Promise, crypto,
    MutationObserver: FakeObserver,
    document: {},
    setTimeout: (...timer) => setTimeout(...timer),
    addEventListener: (type, listener) => {
      listeners.push([type, listener]);
      target.addEventListener(type, listener);
    },
    dispatchEvent: target.dispatchEvent.bind(target),
    setInterval: (...timer) => setInterval(...timer),
    clearInterval: (timer) => clearInterval(timer),
    reportError: (error) => posted.push(error),
    postMessage: (data, origin) => {
      posted.push({ data, origin });
      if (data.kind !== 'received') content?.(data, (answer) => deliver({ tamga: 1, id: data.id, ...answer }));
    },
    ...globals,
  };
  Object.assign(window, { window });
  vm.createContext(window);
  /** The window as scripts in it see it: another object than the one it was made of. */
  const inside = vm.runInContext('window', window);
  const deliver = (data, source = inside) => target.dispatchEvent(Object.assign(new Event('message'), { data, source }));
  const answerPresence = (event) => event.preventDefault();
  if (content) target.addEventListener('tamga-present', answerPresence);
  /** As `document.open()` does; the extension's half listens again at once, or in the next task. */
  const rewrite = ({ late = false } = {}) => {
    for (const [type, listener] of listeners.splice(0)) target.removeEventListener(type, listener);
    leave();
    const again = () => target.addEventListener('tamga-present', answerPresence);
    if (late) setTimeout(again);
    else again();
    if (!late) FakeObserver.changed();
  };
  const show = (properties) => target.dispatchEvent(Object.assign(new Event('pageshow'), properties));
  const leave = () => target.removeEventListener('tamga-present', answerPresence);
  const heard = [];
  target.addEventListener('tamga-ready', () => heard.push(window.tamga));
  for (const source of SOURCES) vm.runInContext(source, window);
  return { window, tamga: window.tamga, posted, deliver, leave, rewrite, show, heard, requests: () => posted.filter(({ data }) => data?.kind === 'request') };
}

/** What the extension would be asked for; `contents` are the documents' Blobs. */
async function commandOf(call) {
  let command;
  const { tamga } = page((message, answer) => {
    command = message.command;
    answer({ kind: 'answer', result: { certificate: { id: 'c' }, items: [] } });
  });
  await call(tamga);
  // Objects of this realm, for deepEqual.
  return { ...JSON.parse(JSON.stringify(command)), contents: Array.from(command.documents ?? [], ({ content }) => content) };
}

const document = { name: 'a.txt', content: 'text' };
const hash = { name: 'h', algorithm: 'SHA-256', value: 'AB'.repeat(32) };

test('is there, announced, replaceable, and never in the way of another', () => {
  const { tamga, heard, window } = page(() => {});
  assert.ok(!('tamgaParts' in window));
  assert.equal(tamga.apiVersion, 1);
  assert.deepEqual(heard, [tamga]);
  const other = { mine: true };
  const occupied = page(() => {}, { tamga: other });
  assert.equal(occupied.tamga, other);
  assert.ok(!('tamgaParts' in occupied.window));
});

test('documents of every kind become Blobs, with the defaults spelt out', async () => {
  const bytes = new Uint8Array([1, 2, 3, 4]);
  const blob = new Blob(['blob']);
  const command = await commandOf((tamga) => tamga.sign({
    documents: [
      { name: 'text', content: 'текст' },
      { name: 'buffer', content: bytes.buffer },
      { name: 'view', content: bytes.subarray(1, 3) },
      { name: 'blob', content: blob },
    ],
  }));
  const contents = await Promise.all(command.contents.map((content) => content.arrayBuffer()));
  assert.deepEqual(contents.map((content) => Buffer.from(content).toString('hex')), [Buffer.from('текст').toString('hex'), '01020304', '0203', Buffer.from('blob').toString('hex')]);
  assert.deepEqual(command.documents.map(({ name }) => name), ['text', 'buffer', 'view', 'blob']);
  const { format, detached, pss, hashes, certificate } = command;
  assert.deepEqual([format, detached, pss, hashes, certificate], ['cades-bes', true, false, [], undefined]);
});

test('digests are taken as bytes of any kind', async () => {
  const bytes = Uint8Array.from({ length: 34 }, (_, index) => index);
  const digest = '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20';
  const values = [bytes.slice(1, 33).buffer, bytes.subarray(1, 33), new DataView(bytes.buffer, 1, 32), Buffer.from(digest, 'hex'), digest.toUpperCase(),
    new Uint16Array(bytes.slice(1, 33).buffer), vm.runInNewContext('Uint8Array.from({ length: 32 }, (_, index) => index + 1).buffer')];
  const { hashes } = await commandOf((tamga) => tamga.sign({ hashes: values.map((value) => ({ ...hash, value })) }));
  assert.deepEqual(hashes.map(({ value }) => value), values.map(() => digest));
});

test('hashes become lower-case hex', async () => {
  const { hashes } = await commandOf((tamga) => tamga.sign({ hashes: [hash, { ...hash, value: new Uint8Array(32).fill(0xab) }] }));
  assert.deepEqual(hashes.map(({ value }) => value), ['ab'.repeat(32), 'ab'.repeat(32)]);
});

test('what is given is passed on', async () => {
  const id = '0f'.repeat(32);
  const command = await commandOf((tamga) => tamga.sign({ documents: [document], format: 'cms', detached: false, certificate: id, pss: true }));
  const { format, detached, certificate, pss } = command;
  assert.deepEqual([format, detached, certificate, pss], ['cms', false, id, true]);
  assert.deepEqual(await commandOf((tamga) => tamga.getCertificate({ keyTypes: ['EC'], issuers: ['НУЦ'] })), { type: 'get-certificate', filter: { keyTypes: ['EC'], issuers: ['НУЦ'] }, contents: [] });
  assert.deepEqual(await commandOf((tamga) => tamga.getCertificate()), { type: 'get-certificate', filter: {}, contents: [] });
});

const many = (count, value) => Array.from({ length: count }, () => value);
for (const [name, call] of [
  ['nothing', (tamga) => tamga.sign()],
  ['null', (tamga) => tamga.sign(null)],
  ['no documents', (tamga) => tamga.sign({})],
  ['an empty list', (tamga) => tamga.sign({ documents: [] })],
  ['no list', (tamga) => tamga.sign({ documents: document })],
  ['what only looks like a list', (tamga) => tamga.sign({ documents: { length: 1, 0: document } })],
  ['1001 documents', (tamga) => tamga.sign({ documents: many(1001, document) })],
  ['documents and hashes', (tamga) => tamga.sign({ documents: [document], hashes: [hash] })],
  ['an unknown field', (tamga) => tamga.sign({ documents: [document], detatched: false })],
  ['an unknown field in a document', (tamga) => tamga.sign({ documents: [{ ...document, path: '/etc/passwd' }] })],
  ['a document without a name', (tamga) => tamga.sign({ documents: [{ content: 'x' }] })],
  ['an empty name', (tamga) => tamga.sign({ documents: [{ name: '', content: 'x' }] })],
  ['a name of 1025 bytes', (tamga) => tamga.sign({ documents: [{ name: 'ы'.repeat(512) + 'a', content: 'x' }] })],
  ['a name in a list', (tamga) => tamga.sign({ documents: [{ name: ['a'], content: 'x' }] })],
  ['half a character in a name', (tamga) => tamga.sign({ documents: [{ name: 'a\ud800', content: 'x' }] })],
  ['a number as content', (tamga) => tamga.sign({ documents: [{ name: 'a', content: 5 }] })],
  ['a thing that looks like a Blob', (tamga) => tamga.sign({ documents: [{ name: 'a', content: { size: 1, __proto__: Blob.prototype } }] })],
  ['an unknown format', (tamga) => tamga.sign({ documents: [document], format: 'xml' })],
  ['detached as text', (tamga) => tamga.sign({ documents: [document], detached: 'no' })],
  ['an attached hash', (tamga) => tamga.sign({ hashes: [hash], detached: false })],
  ['a hash of the wrong length', (tamga) => tamga.sign({ hashes: [{ ...hash, value: 'ab' }] })],
  ['a hash without a value', (tamga) => tamga.sign({ hashes: [{ ...hash, value: undefined }] })],
  ['a hash that is no hex', (tamga) => tamga.sign({ hashes: [{ ...hash, value: 'z'.repeat(64) }] })],
  ['hashes of two algorithms', (tamga) => tamga.sign({ hashes: [hash, { ...hash, algorithm: 'Streebog-256' }] })],
  ['shared memory as a hash', (tamga) => tamga.sign({ hashes: [{ ...hash, value: new SharedArrayBuffer(32) }] })],
  ['a file in place of the request', (tamga) => tamga.sign(new Blob(['x']))],
  ['a file in place of the list', (tamga) => tamga.sign({ documents: new Blob(['x']) })],
  ['SHA-1', (tamga) => tamga.sign({ hashes: [{ ...hash, algorithm: 'SHA-1', value: 'ab'.repeat(20) }] })],
  ['an algorithm from the prototype', (tamga) => tamga.sign({ hashes: [{ ...hash, algorithm: 'constructor' }] })],
  ['a certificate that is no id', (tamga) => tamga.sign({ documents: [document], certificate: 'CN=me' })],
  ['a certificate in a list', (tamga) => tamga.sign({ documents: [document], certificate: ['0f'.repeat(32)] })],
  ['a password', (tamga) => tamga.sign({ documents: [document], password: '1234' })],
  ['an unknown option', (tamga) => tamga.sign({ documents: [document] }, { timeout: 5 })],
  ['a signal that is none', (tamga) => tamga.sign({ documents: [document] }, { signal: {} })],
  ['a progress that is no function', (tamga) => tamga.sign({ documents: [document] }, { onProgress: 1 })],
  ['an unknown key type', (tamga) => tamga.getCertificate({ keyTypes: ['DSA'] })],
  ['a key type that is no list', (tamga) => tamga.getCertificate({ keyTypes: 'RSA' })],
  ['an unknown filter', (tamga) => tamga.getCertificate({ serial: '1' })],
  ['101 issuers', (tamga) => tamga.getCertificate({ issuers: many(101, 'x') })],
  ['an issuer that is no list', (tamga) => tamga.getCertificate({ issuers: 'x' })],
  ['an issuer that is no text', (tamga) => tamga.getCertificate({ issuers: [5] })],
]) {
  test(`${name} is REQUEST_MALFORMED, said to the developer, and nobody is asked`, async () => {
    const { tamga, requests } = page(() => {});
    await assert.rejects(call(tamga), (error) => {
      assert.ok(error instanceof tamga.TamgaError);
      assert.equal(error.code, 'REQUEST_MALFORMED');
      assert.match(error.message, /^REQUEST_MALFORMED: ./);
      return true;
    });
    assert.equal(requests().length, 0);
  });
}

test('who passes something else than belongs there is told what does', async () => {
  const { tamga } = page(() => {});
  const file = new File(['x'], 'a.txt');
  for (const [asked, hint] of [
    [[file], '{ documents: [{ name: file.name, content: file }] }'],
    [file, '{ documents: [{ name: file.name, content: file }] }'],
    [{ documents: file }, '[{ name: file.name, content: file }]'],
    [{ documents: [file] }, 'documents[0]: an object such as { name: file.name, content: file }'],
    [{ documents: [document, new Uint8Array(3)] }, 'documents[1]: an object such as { name: file.name, content: file }'],
    [{ documents: [new ArrayBuffer(3)] }, '{ name: file.name, content: file }'],
    [{ documents: ['text'] }, '{ name: file.name, content: file }'],
    [{ hashes: [{ ...hash, algorithm: 'constructor' }] }, 'hashes[0].algorithm: SHA-256'],
  ]) {
    await assert.rejects(tamga.sign(asked), ({ message }) => message.includes(hint));
  }
});

test('an error survives structuredClone as code and message, and is an Error all the same', async () => {
  const { tamga, window } = page((message, answer) => message.kind === 'request' && answer({ kind: 'answer', failure: { code: 'PERMISSION_DENIED', retryAfter: 60_000 } }));
  const error = await tamga.sign({ documents: [document] }).catch((error) => error);
  assert.ok(error instanceof window.Error && error instanceof tamga.TamgaError);
  assert.equal(String(error), `TamgaError: ${error.message}`);
  assert.match(error.stack, /PERMISSION_DENIED/);
  const clone = structuredClone(error);
  assert.deepEqual({ ...clone }, { name: 'TamgaError', code: 'PERMISSION_DENIED', message: error.message, retryAfter: 60_000 });
});

test('every code has a sentence for the developer', async () => {
  for (const code of ['BUSY', 'HOST_MISSING', 'CANCELLED']) {
    const { tamga } = page((message, answer) => message.kind === 'request' && answer({ kind: 'answer', failure: { code } }));
    await assert.rejects(tamga.getCertificate(), ({ message }) => new RegExp(`^${code}: [A-Z].+\\.$`).test(message));
  }
});

test('in a document that is rewritten it listens again', async () => {
  const { tamga, window, rewrite, requests } = page((message, answer) => message.kind === 'request' && answer({ kind: 'answer', result: { certificate: { id: 'c' } } }));
  rewrite();
  assert.equal((await tamga.getCertificate()).id, 'c');
  // In the same task the extension's half does not listen yet.
  rewrite({ late: true });
  assert.equal((await tamga.getCertificate()).id, 'c');
  assert.equal(requests().length, 2);
  assert.equal(window.tamga, tamga);
});

test('what is pending when the page was put away is rejected when it is shown again', async () => {
  const { tamga, show } = page(() => {});
  const signing = tamga.sign({ documents: [document] });
  await new Promise(setImmediate);
  show({ persisted: true });
  await assert.rejects(signing, { code: 'CANCELLED' });
});

test('what is asked while the page loads goes on when it is shown for the first time', async () => {
  let answerLater;
  const { tamga, show } = page((_message, answer) => (answerLater = answer));
  const asking = tamga.getCertificate();
  await new Promise(setImmediate);
  show({ persisted: false });
  answerLater({ kind: 'answer', result: { certificate: { id: 'c' } } });
  assert.equal((await asking).id, 'c');
});

test('a result is confirmed, again if it is posted again, and only if somebody waits for it', async () => {
  const asked = [];
  const { tamga, deliver, posted } = page((message) => asked.push(message.id));
  const confirmed = () => posted.filter(({ data }) => data?.kind === 'received').length;
  const signing = tamga.sign({ documents: [document] });
  await new Promise(setImmediate);
  const result = { tamga: 1, kind: 'answer', id: asked[0], result: { certificate: { id: 'c' }, items: [] } };
  deliver({ ...result, id: 'e'.repeat(32) });
  assert.equal(confirmed(), 0);
  deliver(result);
  await signing;
  assert.equal(confirmed(), 1);
  deliver(result);
  assert.equal(confirmed(), 2);
});

test('a result is confirmed again for the latest requests only', async () => {
  let id;
  const { tamga, deliver, posted } = page((message, answer) => {
    id = message.id;
    answer({ kind: 'answer', result: { certificate: { id: 'c' } } });
  });
  const ids = [];
  for (let time = 0; time < 17; time += 1) {
    await tamga.getCertificate();
    ids.push(id);
  }
  posted.length = 0;
  for (const id of ids) deliver({ tamga: 1, kind: 'answer', id, result: {} });
  assert.deepEqual(posted.map(({ data }) => data.id), ids.slice(1));
});

test('an answer to another question is a defect', async () => {
  const { tamga } = page((_message, answer) => answer({ kind: 'answer', result: { certificate: { id: 'c' } } }));
  await assert.rejects(tamga.status(), { code: 'INTERNAL' });
  const { tamga: other } = page((_message, answer) => answer({ kind: 'answer', result: { hostVersion: null } }));
  await assert.rejects(other.getCertificate(), { code: 'INTERNAL' });
});

test('bounds are inclusive', async () => {
  const command = await commandOf((tamga) => tamga.sign({ documents: many(1000, { name: 'ы'.repeat(512), content: '' }) }));
  assert.equal(command.documents.length, 1000);
  for (const content of [new Blob(), new ArrayBuffer(0)]) {
    const { contents } = await commandOf((tamga) => tamga.sign({ documents: [{ name: 'a'.repeat(1024), content }] }));
    assert.equal(contents[0].size, 0);
  }
  const { filter } = await commandOf((tamga) => tamga.getCertificate({ issuers: many(100, 'x') }));
  assert.equal(filter.issuers.length, 100);
});

test('results and failures reach their own request only', async () => {
  const asked = [];
  const { tamga, deliver } = page((message) => asked.push(message.id));
  const first = tamga.sign({ documents: [document] });
  const second = tamga.sign({ documents: [document] });
  await new Promise(setImmediate);
  assert.match(asked[0], /^[0-9a-f]{32}$/);
  assert.notEqual(asked[0], asked[1]);
  deliver({ tamga: 1, kind: 'answer', id: 'e'.repeat(32), failure: { code: 'INTERNAL' } });
  deliver({ tamga: 1, kind: 'answer', id: asked[1], failure: { code: 'INTERNAL' } }, {});
  for (const data of [{ tamga: 2 }, {}]) deliver({ ...data, kind: 'answer', id: asked[1], failure: { code: 'INTERNAL' } });
  deliver({ tamga: 1, kind: 'answer', id: asked[1], failure: { code: 'BUSY' } });
  deliver({ tamga: 1, kind: 'answer', id: asked[0], result: { certificate: { id: 'c' }, items: [{ name: 'a', signature: 's' }, { name: 'b', error: { code: 'KEY_MISMATCH' } }] } });
  await assert.rejects(second, { code: 'BUSY', name: 'TamgaError' });
  const { certificate, items } = await first;
  assert.equal(certificate.id, 'c');
  assert.equal(items[0].signature, 's');
  assert.ok(items[1].error instanceof tamga.TamgaError);
  assert.equal(items[1].error.code, 'KEY_MISMATCH');
});

test('progress is told; a site\'s own mistake in it is the site\'s', async () => {
  const { tamga, posted } = page((message, answer) => {
    if (message.kind !== 'request') return;
    answer({ kind: 'progress', progress: { phase: 'reading', done: 0, total: 1 } });
    answer({ kind: 'answer', result: { certificate: {}, items: [] } });
  });
  const told = [];
  await tamga.sign({ documents: [document] }, { onProgress: (progress) => told.push(progress.phase) });
  assert.deepEqual(told, ['reading']);
  await tamga.sign({ documents: [document] }, { onProgress: () => { throw new RangeError('mine'); } });
  assert.ok(posted.some((error) => error instanceof RangeError));
});

test('aborting rejects at once and tells the extension', async () => {
  const { tamga, posted } = page(() => {});
  const controller = new AbortController();
  const signing = tamga.sign({ documents: [document] }, { signal: controller.signal });
  await new Promise(setImmediate);
  controller.abort();
  await assert.rejects(signing, { code: 'CANCELLED' });
  assert.equal(posted.at(-1).data.kind, 'abort');
  assert.equal(posted.at(-1).data.id, posted[0].data.id);
});

test('what is aborted before is never asked', async () => {
  const { tamga, requests } = page(() => {});
  await assert.rejects(tamga.sign({ documents: [document] }, { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
  assert.equal(requests().length, 0);
  // Also where the extension is gone.
  await assert.rejects(page().tamga.getCertificate({}, { signal: AbortSignal.abort() }), { code: 'CANCELLED' });
});

test('nor is what is aborted while the extension listens again', async () => {
  const { tamga, rewrite, requests } = page(() => {});
  const controller = new AbortController();
  rewrite({ late: true });
  const signing = tamga.sign({ documents: [document] }, { signal: controller.signal });
  controller.abort();
  await assert.rejects(signing, { code: 'CANCELLED' });
  assert.equal(requests().length, 0);
});

test('an extension that is gone is INTERRUPTED, before and in the middle', async (context) => {
  const alone = page();
  await assert.rejects(alone.tamga.status(), { code: 'INTERRUPTED' });
  assert.equal(alone.requests().length, 0);
  const clock = new Clock(context);
  const { tamga, leave } = page(() => {});
  let outcome = 'open';
  const signing = tamga.sign({ documents: [document] }).catch((error) => (outcome = error.code));
  await new Promise(setImmediate);
  clock.pass(5_000);
  await new Promise(setImmediate);
  assert.equal(outcome, 'open');
  leave();
  clock.pass(1_000);
  await signing;
  assert.equal(outcome, 'INTERRUPTED');
});

test('messages go to this window\'s own origin', async () => {
  const { tamga, posted } = page((_message, answer) => answer({ kind: 'answer', result: {} }));
  await tamga.status();
  assert.deepEqual(posted.map(({ data, origin }) => [data.kind, origin]), [['request', '/'], ['received', '/']]);
});
