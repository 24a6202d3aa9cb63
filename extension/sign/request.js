/**
 * A page's request, as the sign window sees it: who asks, what, and the way back. Meeting the content script, carrying
 * Blobs there and back in every browser, and closing when the page is gone are all in here.
 *
 * The window never trusts the address it was opened with: it only says whom to call. Who the page is, is what the
 * browser says about the port that comes back.
 *
 * @typedef {import('../types/Failure').Failure} Failure
 * @typedef {import('../sender_origin.js').Requester} Requester
 * @typedef {{phase: 'reading' | 'signing', done: number, total: number, bytes?: number, bytesTotal?: number}} Progress
 * @typedef {{name: string, signature: Blob} | {name: string, error: Failure}} ResultItem
 * @typedef {{certificate: object, items?: ResultItem[]}} Result what the page gets; errors are cut down to their code
 *
 * @typedef {{port: chrome.runtime.Port, requester: Requester, kind: string, message: any, page: Promise<Page | null>}} Meeting
 * @typedef {{document: number, touched: boolean}} Page what the content script of the tab's page says; `document` is another
 *   number after a reload
 *
 * @typedef {object} Request
 * @property {string} origin of the frame that asks
 * @property {string | null} topOrigin of the page around it; null if it is the same
 * @property {boolean} privateWindow whether the page is in a private window
 * @property {any} command the page's command as JSON for wasm-core, each document as `{name, size}`
 * @property {Blob[]} blobs the documents' contents, in the same order
 * @property {(listener: (takenBack: boolean) => void) => void} onGone nobody waits for the answer any more: the page took its
 *   request back, or else it was left; the listener closes the window, which closes by itself where there is none
 * @property {(progress: Progress) => void} progress
 * @property {(result: Result) => Promise<void>} finish resolves when the page's own script has confirmed that it has it, rejects with a `Failure` if not
 * @property {(failure: Failure & {retryAfter?: number}) => Promise<void>} fail resolves when the page has it
 */
import { requesterOf } from '../sender_origin.js';
import { browser } from '../browser.js';
import '../base64.js';
import '../stream.js';

const { Sender, Receiver } = globalThis.tamgaStreams;

/** How long the content script may take to call back, in milliseconds. */
const CALLBACK_TIME = 10_000;
/** How long the page around a frame may take to say that it is there, in milliseconds. */
const PAGE_TIME = 1_000;
/** Which command the background opened a window of this kind for. */
const COMMANDS = /** @type {Record<string, string>} */ ({ sign: 'sign', certificate: 'get-certificate' });

/**
 * The request that this window was opened for. If there is none any more the window closes.
 *
 * @returns {Promise<Request>}
 * @throws {Failure}
 */
export async function acceptRequest() {
  const { port, requester, kind, message, page } = await meet().catch(async (failure) => {
    await closeWindow();
    throw failure;
  });
  const line = new Line(port, message.probe instanceof Blob, () => isFrameRemoved(requester, page));
  try {
    if (message.command.type !== COMMANDS[kind]) throw failure('REQUEST_MALFORMED');
    const blobs = await line.takeDocuments(message.command.documents ?? []);
    return {
      origin: requester.origin,
      topOrigin: requester.topOrigin,
      privateWindow: requester.isPrivate,
      command: withSizes(message.command, blobs),
      blobs,
      onGone: (listener) => line.onGone(listener),
      progress: (progress) => line.post({ type: 'progress', progress }),
      finish: (result) => line.finish(result),
      fail: ({ code, retryAfter }) => line.conclude({ type: 'failed', code, ...(retryAfter !== undefined && { retryAfter }) }),
    };
  } catch (error) {
    const reason = error instanceof Error ? failure('INTERNAL') : /** @type {Failure} */ (error);
    await line.conclude({ type: 'failed', code: reason.code }).catch(() => {});
    await closeWindow();
    throw reason;
  }
}

/** Closes the window that this page is in. Unlike `window.close`, it works in every browser. */
export async function closeWindow() {
  const { id } = await browser.windows.getCurrent();
  if (id !== undefined) await browser.windows.remove(id);
}

/**
 * Calls the content script, which answers with a port and the command.
 *
 * @returns {Promise<Meeting>}
 */
async function meet() {
  const parameters = new URLSearchParams(location.search);
  const kind = parameters.get('kind') ?? '';
  const id = parameters.get('request') ?? '';
  const tab = Number(parameters.get('tab'));
  const frame = Number(parameters.get('frame'));
  const page = askPage(tab);
  /** @type {Promise<Meeting>} */
  const met = new Promise((resolve, reject) => {
    setTimeout(() => reject(failure('TIMEOUT')), CALLBACK_TIME);
    browser.runtime.onConnect.addListener(function accept(port) {
      const requester = requesterOf(port.sender);
      // Another window's port: it must not be touched, disconnecting it would take it from its owner.
      if (port.name !== `request:${id}` || requester?.tab !== tab || requester.frame !== frame) return;
      browser.runtime.onConnect.removeListener(accept);
      port.onMessage.addListener(function first(message) {
        port.onMessage.removeListener(first);
        resolve({ port, requester, kind, message, page });
      });
      port.onDisconnect.addListener(() => reject(failure('CANCELLED')));
      // Said aloud, because the content script does not hear of a closed page while another window holds this port too.
      addEventListener('pagehide', () => port.disconnect());
    });
  });
  const answer = await browser.tabs.sendMessage(tab, { type: 'window-ready', id }, { frameId: frame }).catch(() => null);
  if (answer?.known) return met;
  met.catch(() => {});
  throw failure('CANCELLED');
}

/**
 * The page in a tab, or null where its content script does not answer at once.
 *
 * @param {number} tab
 * @returns {Promise<Page | null>}
 */
function askPage(tab) {
  const asked = browser.tabs.sendMessage(tab, { type: 'page' }, { frameId: 0 }).catch(() => null);
  return Promise.race([asked, new Promise((late) => setTimeout(late, PAGE_TIME, null))]);
}

/**
 * Whether a frame is gone from a page that is still there: the page has removed it.
 *
 * @param {import('../sender_origin.js').Requester} requester
 * @param {Promise<Page | null>} page as it was
 */
async function isFrameRemoved({ tab, frame }, page) {
  if (frame === 0) return false;
  const [before, now] = await Promise.all([page, askPage(tab)]);
  return before !== null && before?.document === now?.document;
}

/**
 * @param {any} command
 * @param {Blob[]} blobs
 */
function withSizes(command, blobs) {
  if (!command.documents) return command;
  const documents = command.documents.map((/** @type {any} */ { name }, /** @type {number} */ index) => ({ name, size: blobs[index].size }));
  return { ...command, documents };
}

/** The port to the content script, with streams for browsers whose messages cannot carry a Blob. */
class Line {
  #port;
  #byReference;
  #isFrameRemoved;
  #aborted = false;
  #takenBack = false;
  /** @type {((takenBack: boolean) => void) | null} */
  #onGone = null;
  #concluded = false;
  #lastStream = 0;
  /** @type {Array<() => void>} */
  #listeners = [];
  /** @type {Map<number, InstanceType<typeof Sender>>} */
  #senders = new Map();
  /** @type {Map<number, (message: any) => void>} */
  #receivers = new Map();
  /** @type {() => void} */
  #received = () => {};
  /** @type {(failure: Failure) => void} */
  #lost = () => {};

  /**
   * @param {chrome.runtime.Port} port
   * @param {boolean} byReference whether a Blob in a message arrives as a Blob
   * @param {() => Promise<boolean>} isFrameRemoved when the port is closed
   */
  constructor(port, byReference, isFrameRemoved) {
    this.#port = port;
    this.#byReference = byReference;
    this.#isFrameRemoved = isFrameRemoved;
    port.onMessage.addListener((message) => this.#take(message));
    port.onDisconnect.addListener(() => this.#abort());
  }

  /** @param {(takenBack: boolean) => void} listener closes the window */
  onGone(listener) {
    this.#onGone = listener;
  }

  /** @param {() => void} listener */
  #onAbort(listener) {
    if (this.#aborted) listener();
    else this.#listeners.push(listener);
  }

  /** @param {object} message */
  post(message) {
    if (!this.#aborted) this.#port.postMessage(message);
  }

  /**
   * @param {any[]} documents
   * @returns {Promise<Blob[]>}
   */
  async takeDocuments(documents) {
    const blobs = [];
    for (const [index, { content, size }] of documents.entries()) {
      blobs.push(this.#byReference ? content : await this.#pull(index, size));
    }
    if (!blobs.every((blob) => blob instanceof Blob)) throw failure('REQUEST_MALFORMED');
    return blobs;
  }

  /**
   * @param {Result} result
   * @returns {Promise<void>}
   */
  async finish(result) {
    /** @type {Blob[]} */
    const blobs = [];
    const items = result.items?.map((item) =>
      'error' in item
        ? { name: item.name, error: { code: item.error.code } }
        : { name: item.name, signature: blobs.push(item.signature) - 1 },
    );
    const rebuilt = { certificate: result.certificate, ...(items && { items }) };
    if (this.#byReference) return this.conclude({ type: 'result', result: rebuilt, blobs });
    const coming = blobs.map((blob) => ({ stream: ++this.#lastStream, size: blob.size, mime: blob.type }));
    const concluded = this.conclude({ type: 'result', result: rebuilt, blobs: coming });
    const pushed = coming.map(({ stream }, index) => this.#push(stream, blobs[index]));
    await Promise.all([concluded, ...pushed]);
  }

  /**
   * The last word to the page.
   *
   * @param {object} message
   * @returns {Promise<void>} resolves when the page has it, rejects with a `Failure` if it does not take it
   */
  conclude(message) {
    return new Promise((resolve, reject) => {
      this.#received = () => {
        this.#concluded = true;
        resolve();
      };
      this.#lost = reject;
      this.#onAbort(() => reject(failure('CANCELLED')));
      this.post(message);
    });
  }

  /**
   * @param {number} document
   * @param {number} size
   * @returns {Promise<Blob>}
   */
  #pull(document, size) {
    const stream = ++this.#lastStream;
    const receiver = new Receiver((message) => this.post(message), stream, size);
    return new Promise((resolve, reject) => {
      this.#onAbort(() => reject(failure('CANCELLED')));
      this.#receivers.set(stream, (message) => {
        try {
          const blob = message.type === 'chunk' ? receiver.take(message) : reject(failure('CONTENT_CHANGED'));
          if (blob) resolve(blob);
        } catch {
          reject(failure('CONTENT_CHANGED'));
        }
      });
      this.post({ type: 'pull', document, stream });
    });
  }

  /**
   * @param {number} stream
   * @param {Blob} blob
   */
  async #push(stream, blob) {
    const sender = new Sender((message) => this.post(message), stream);
    this.#senders.set(stream, sender);
    await sender.send(blob).catch(() => {
      throw failure('CONTENT_CHANGED');
    });
  }

  /** @param {any} message from the content script */
  #take(message) {
    switch (message.type) {
      case 'received':
        return this.#received();
      case 'lost':
        return this.#lost(failure(message.code === 'CONTENT_CHANGED' ? 'CONTENT_CHANGED' : 'INTERRUPTED'));
      case 'taken-back':
        this.#takenBack = true;
        return this.#abort();
      case 'acknowledge':
        return this.#senders.get(message.stream)?.acknowledged(message.sequence);
      case 'chunk':
      case 'abort':
        return this.#receivers.get(message.stream)?.(message);
    }
  }

  async #abort() {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const sender of this.#senders.values()) sender.stop();
    if (this.#concluded) return;
    for (const listener of this.#listeners) listener();
    const takenBack = this.#takenBack || (await this.#isFrameRemoved());
    if (this.#onGone) this.#onGone(takenBack);
    else closeWindow().catch(() => {}); // it is closing already
  }
}

/**
 * @param {Failure['code']} code
 * @returns {Failure}
 */
function failure(code) {
  return { code };
}
