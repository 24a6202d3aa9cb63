/** A page's window with the content scripts in it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import vm from 'node:vm';
import { Listeners, Port } from './fakes.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const [isolated] = JSON.parse(read('manifests/extension.json')).content_scripts;
const SOURCES = isolated.js.map((file) => read(`extension/${file}`));
export const ID = '0123456789abcdef0123456789abcdef';
export const OTHER = 'f'.repeat(32);

/** Lets everything happen that needs no time to pass. */
export const settled = () => new Promise(setImmediate);
/** Waits for what takes its time. @param {() => boolean} condition */
export async function until(condition) {
  for (let tries = 0; tries < 1_000 && !condition(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 1));
  assert.ok(condition());
}
/** Objects of this realm, for deepEqual. */
export const plain = (value) => JSON.parse(JSON.stringify(value));

/**
 * `reply` is what the worker answers, or makes an answer of a message. `userActivation` is what the browser says when the
 * page begins.
 */
export function page(reply = { type: 'opened' }, { origin = 'https://shop.example', isFrame = false, userActivation = { hasBeenActive: false, isActive: false } } = {}) {
  const target = new EventTarget();
  /** @type {Array<[string, (event: Event) => void]>} */
  const listeners = [];
  const posted = [];
  const targets = [];
  const told = [];
  const port = new Port(() => {});
  const names = [];
  let documentChanges = () => {};
  const runtime = {
    id: 'tamga',
    onMessage: new Listeners(),
    connect: ({ name }) => {
      names.push(name);
      return port;
    },
    sendMessage: async (message) => {
      told.push(message);
      return typeof reply === 'function' ? reply(message) : reply;
    },
  };
  // By reference: a Blob is a Blob at the other end.
  port.postMessage = (message) => {
    if (port.disconnected) throw new Error('Attempting to use a disconnected port object');
    port.sent.push(message);
  };
  port.say = (message) => port.onMessage.fire(message);
  const window = {
    Blob, Response, Error, crypto, Object, console, userActivation, btoa, atob,
    origin,
    document: {},
    navigator: { userActivation },
    performance: { timeOrigin: 1234.5 },
    chrome: { runtime },
    addEventListener: (type, listener) => {
      listeners.push([type, listener]);
      target.addEventListener(type, listener);
    },
    postMessage: (data, origin) => {
      posted.push(data);
      targets.push(origin);
    },
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
  const inside = vm.runInContext('window', window);
  window.window = inside;
  window.top = isFrame ? {} : inside;
  for (const source of SOURCES) vm.runInContext(source, window);
  const post = (data, source = inside) => target.dispatchEvent(Object.assign(new Event('message'), { data, source }));
  return {
    posted, targets, told, port, names, runtime, window, post,
    /** The page's API says something. */
    say: (data) => post({ tamga: 1, id: ID, ...data }),
    request: (command, id = ID) => post({ tamga: 1, kind: 'request', id, command }),
    /** The person does something in the page, or the page pretends. */
    touch: (isTrusted = true) => {
      Object.assign(userActivation, { hasBeenActive: true, isActive: true });
      for (const [type, listener] of listeners) if (type === 'keydown') listener({ isTrusted });
    },
    leave: () => target.dispatchEvent(new Event('pagehide')),
    isPresent: () => !target.dispatchEvent(new Event('tamga-present', { cancelable: true })),
    loseListeners: () => {
      for (const [type, listener] of listeners.splice(0)) target.removeEventListener(type, listener);
    },
    changeDocument: () => documentChanges(),
    /** Asks the content script as the worker and the window do. */
    ask: (message) => {
      let answer;
      runtime.onMessage.fire(message, {}, (given) => (answer = given));
      return answer && plain(answer);
    },
    answers: () => plain(posted.filter(({ kind }) => kind === 'answer')),
    /** What the window is told of what became of the result. */
    concluded: () => port.sent.map(({ type, code }) => code ?? type).filter((type) => type !== 'command'),
  };
}
