/**
 * `window.tamga`: the API for sites, described in `tamga.d.ts`. It posts requests to this window and waits for the answers.
 * It has no power of its own: everything it can do, the page could do by posting the same messages.
 *
 * A classic script in the page's own world, before any script of the page; `errors.js` and `arguments.js` come before it.
 */
(() => {
  'use strict';

  /**
   * @typedef {import('./tamga').SignedItem} SignedItem
   * @typedef {import('./tamga').SignOptions} SignOptions
   * @typedef {import('../types/ContentToPage').ContentToPage} ContentToPage
   * @typedef {import('../types/PageFailure').PageFailure} PageFailure
   * @typedef {import('../types/PageRequest').PageRequest} PageRequest
   * @typedef {import('../types/PageResult').PageResult} PageResult
   * @typedef {import('../types/PageToContent').PageToContent} PageToContent
   * @typedef {import('../types/PageProgress').PageProgress} PageProgress
   * @typedef {{resolve: (result: PageResult) => void, reject: (error: Error) => void, onProgress: (progress: PageProgress) => void}} Pending
   */

  const { TamgaError, checkSign, checkFilter, checkOptions, toHex } = window.tamgaParts;
  // @ts-ignore -- it is there until here only.
  delete window.tamgaParts;
  if ('tamga' in window) return;

  /** How often an open request makes sure that the extension is still there, in milliseconds. */
  const PRESENCE_INTERVAL_MS = 1_000;
  /** How many requests that were answered are remembered: their answers may be posted again. */
  const MAX_ANSWERED = 16;

  // Taken now: libraries replace some of these later.
  const { CustomEvent, Map, MutationObserver, Promise, Uint8Array } = window;
  const postMessage = window.postMessage.bind(window);
  const listen = window.addEventListener.bind(window);
  const dispatch = window.dispatchEvent.bind(window);
  const random = crypto.getRandomValues.bind(crypto);
  const setTimeout = window.setTimeout.bind(window);
  const setInterval = window.setInterval.bind(window);
  const clearInterval = window.clearInterval.bind(window);

  /** @type {Map<string, Pending>} */
  const pending = new Map();
  /** @type {string[]} */
  const answered = [];

  /** @type {import('./tamga').Tamga} */
  const tamga = Object.freeze({
    apiVersion: 1,
    TamgaError,

    async status() {
      const result = await request({ type: 'status' });
      if ('certificate' in result) throw new TamgaError('INTERNAL');
      return /** @type {import('./tamga').TamgaStatus} */ ({ apiVersion: 1, ...result });
    },

    async getCertificate(filter = {}, options = {}) {
      const command = /** @type {const} */ ({ type: 'get-certificate', filter: checkFilter(filter) });
      return (await requestCertificate(command, checkOptions(options, ['signal']))).certificate;
    },

    async sign(/** @type {unknown} */ asked, options = {}) {
      const { certificate, items = [] } = await requestCertificate(checkSign(asked), checkOptions(options, ['signal', 'onProgress']));
      return { certificate, items: items.map(signedItem) };
    },
  });

  Object.defineProperty(window, 'tamga', { value: tamga, configurable: true, enumerable: true, writable: true });
  listenAgain();
  // `document.open()`, which `document.write()` after the load implies, takes all listeners off the window, also these;
  // `window.tamga` stays, and so does what is observed.
  new MutationObserver(listenAgain).observe(document, { childList: true });
  dispatch(new CustomEvent('tamga-ready'));

  /**
   * @param {PageRequest} command
   * @param {SignOptions} options
   */
  async function requestCertificate(command, options) {
    const result = await request(command, options);
    if (!('certificate' in result)) throw new TamgaError('INTERNAL');
    return result;
  }

  /**
   * @param {import('../types/PageItem').PageItem} item
   * @returns {SignedItem}
   */
  function signedItem(item) {
    return 'error' in item ? { name: item.name, error: errorOf(item.error) } : { name: item.name, signature: item.signature };
  }

  /** @param {PageFailure} failure */
  function errorOf({ code, retryAfter }) {
    return new TamgaError(/** @type {import('./tamga').TamgaErrorCode} */ (code), { retryAfter });
  }

  /**
   * @param {PageRequest} command
   * @param {SignOptions} [options]
   * @returns {Promise<PageResult>}
   */
  async function request(command, { signal, onProgress = () => {} } = {}) {
    if (signal?.aborted) throw new TamgaError('CANCELLED');
    listenAgain();
    // In a document that is just being rewritten the content script listens again in a moment.
    if (!isPresent()) await new Promise((resolve) => setTimeout(resolve));
    if (!isPresent()) throw new TamgaError('INTERRUPTED');
    if (signal?.aborted) throw new TamgaError('CANCELLED');
    const id = newId();
    // The extension may be reloaded or removed in the middle, and then nobody is left to answer.
    const timer = setInterval(() => {
      if (!isPresent()) pending.get(id)?.reject(new TamgaError('INTERRUPTED'));
    }, PRESENCE_INTERVAL_MS);
    const abort = () => {
      post({ tamga: 1, kind: 'abort', id });
      pending.get(id)?.reject(new TamgaError('CANCELLED'));
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject, onProgress });
        post({ tamga: 1, kind: 'request', id, command });
      });
    } finally {
      pending.delete(id);
      clearInterval(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** To this window's own origin. @param {PageToContent} message */
  function post(message) {
    postMessage(message, '/');
  }

  /** The same listener is added once. */
  function listenAgain() {
    listen('message', onMessage);
    listen('pageshow', onPageShow);
  }

  /**
   * The browser had put the page away and shows it again: what was open then was cancelled, and the answers did not come.
   *
   * @param {PageTransitionEvent} event
   */
  function onPageShow({ persisted }) {
    if (!persisted) return;
    for (const { reject } of pending.values()) reject(new TamgaError('CANCELLED'));
  }

  /** Whether the content script is there: it answers on the spot by cancelling the event. */
  function isPresent() {
    return !dispatch(new CustomEvent('tamga-present', { cancelable: true }));
  }

  /** 128 bits in hex: nobody else can guess which request to answer or to abort. */
  function newId() {
    return toHex(random(new Uint8Array(16)));
  }

  /** @param {MessageEvent} event */
  function onMessage({ source, data }) {
    if (source !== window || data?.tamga !== 1) return;
    const message = /** @type {ContentToPage} */ (data);
    const request = pending.get(message.id);
    switch (message.kind) {
      case 'progress':
        try {
          request?.onProgress(message.progress);
        } catch (error) {
          // The site's own defect belongs in its console; the signing goes on.
          reportError(error);
        }
        return;
      case 'answer':
        if (!request && !answered.includes(message.id)) return;
        if ('failure' in message) request?.reject(errorOf(message.failure));
        else request?.resolve(message.result);
        if (request) answered.push(message.id);
        if (answered.length > MAX_ANSWERED) answered.shift();
        post({ tamga: 1, kind: 'received', id: message.id });
    }
  }
})();
