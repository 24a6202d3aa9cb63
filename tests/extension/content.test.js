/** The content script by itself: what it tells the window, and when. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';
import { Clock, Listeners, Port } from './fakes.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [isolated] = JSON.parse(read('manifests/extension.json')).content_scripts;
const SOURCES = isolated.js.map((file) => read(`extension/${file}`));
const ID = '0123456789abcdef0123456789abcdef';
const CERTIFICATE = { id: 'c' };

/** The document that was observed changes. */
let documentChanges = () => {};

/** A page's window with the content script in it; `replies` is what the worker answers. */
function page(replies = { type: 'opened' }) {
  const target = new EventTarget();
  /** @type {Array<[string, (event: Event) => void]>} */
  const listeners = [];
  const posted = [];
  const told = [];
  const port = new Port(() => {});
  const runtime = {
    id: 'tamga',
    onMessage: new Listeners(),
    connect: () => port,
    sendMessage: async (message) => {
      told.push(message);
      return replies;
    },
  };
  const window = {
    Blob, Response, Error, crypto, Object, console,
    origin: 'https://shop.example',
    document: {},
    navigator: { userActivation: { hasBeenActive: true, isActive: true } },
    chrome: { runtime },
    addEventListener: (type, listener) => {
      listeners.push([type, listener]);
      target.addEventListener(type, listener);
    },
    postMessage: (data) => posted.push(data),
    setInterval: (...timer) => setInterval(...timer),
    clearInterval: (timer) => clearInterval(timer),
    setTimeout: (...timer) => setTimeout(...timer),
    clearTimeout: (timer) => clearTimeout(timer),
    MutationObserver: class {
      constructor(changed) {
        documentChanges = changed;
      }
      observe() {}
    },
  };
  Object.assign(window, { window, self: window });
  vm.createContext(window);
  for (const source of SOURCES) vm.runInContext(source, window);
  const inside = vm.runInContext('window', window);
  const say = (data) => target.dispatchEvent(Object.assign(new Event('message'), { data: { tamga: 1, id: ID, ...data }, source: inside }));
  const isPresent = () => !target.dispatchEvent(new Event('tamga-present', { cancelable: true }));
  const loseListeners = () => {
    for (const [type, listener] of listeners.splice(0)) target.removeEventListener(type, listener);
  };
  /** What the window is told of what became of the result. */
  const concluded = () => port.sent.map(({ type, code }) => code ?? type).filter((type) => type !== 'command');
  return { say, posted, told, port, runtime, isPresent, loseListeners, concluded, answers: () => posted.filter(({ kind }) => kind === 'answer') };
}

const settled = () => new Promise(setImmediate);

/** A page that has asked for a certificate, and a window that has answered. */
async function answered(context) {
  const clock = new Clock(context);
  const site = page();
  site.say({ kind: 'request', command: { type: 'get-certificate', filter: {} } });
  await settled();
  site.runtime.onMessage.fire({ type: 'window-ready', id: ID }, {}, () => {});
  site.port.say({ type: 'result', result: { certificate: CERTIFICATE }, blobs: [] });
  await settled();
  return { ...site, clock };
}

test('the window hears that the page has its answer when the page’s own half confirms it', async (context) => {
  const { say, answers, concluded } = await answered(context);
  assert.deepEqual(JSON.parse(JSON.stringify(answers()[0].result)), { certificate: CERTIFICATE });
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
  const { isPresent, loseListeners } = page();
  assert.ok(isPresent());
  loseListeners();
  assert.ok(!isPresent());
  documentChanges();
  assert.ok(isPresent());
});

test('the page hears when it may ask again', async () => {
  const { say, answers } = page({ type: 'refused', failure: { code: 'PERMISSION_DENIED', retryAfter: 30_000 } });
  say({ kind: 'request', command: { type: 'get-certificate', filter: {} } });
  await settled();
  assert.deepEqual(JSON.parse(JSON.stringify(answers()[0].failure)), { code: 'PERMISSION_DENIED', retryAfter: 30_000 });
});
