/**
 * `window.tamga`: the API for sites, described in `tamga.d.ts`. It checks what the site passes, turns every document
 * into a Blob, posts the request to this window and waits for the answer. It has no power of its own: everything it can
 * do, the page could do by posting the same messages.
 *
 * A classic script in the page's own world, before any script of the page.
 */
(() => {
  'use strict';

  /**
   * @typedef {import('./tamga').TamgaErrorCode} TamgaErrorCode
   * @typedef {{resolve: (result: any) => void, reject: (error: Error) => void, onProgress: (progress: any) => void}} Pending
   */

  if ('tamga' in window) return;

  const MAX_DOCUMENTS = 1000;
  const MAX_NAME = 1024;
  const MAX_ISSUERS = 100;
  const KEY_TYPES = ['RSA', 'EC', 'GOST'];
  const HEX_LENGTHS = /** @type {Record<string, number>} */ ({ 'SHA-256': 64, 'SHA-384': 96, 'SHA-512': 128, 'Streebog-256': 64, 'Streebog-512': 128 });
  /** How often an open request makes sure that the extension is still there, in milliseconds. */
  const PULSE = 1_000;

  // Taken now: libraries replace some of these later.
  const { Blob, CustomEvent, TextEncoder, Uint8Array, ArrayBuffer, Map } = window;
  const post = window.postMessage.bind(window);
  const listen = window.addEventListener.bind(window);
  const dispatch = window.dispatchEvent.bind(window);
  const random = crypto.getRandomValues.bind(crypto);
  const start = window.setInterval.bind(window);
  const stop = window.clearInterval.bind(window);
  const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get);

  class TamgaError extends Error {
    /** @type {TamgaErrorCode} */
    code;
    name = /** @type {const} */ ('TamgaError');

    /**
     * @param {TamgaErrorCode} code
     * @param {string} [explanation] for the site's developer
     */
    constructor(code, explanation) {
      super(explanation ? `${code}: ${explanation}` : code);
      this.code = code;
    }
  }

  /** @type {Map<string, Pending>} */
  const pending = new Map();

  /** @type {import('./tamga').Tamga} */
  const tamga = Object.freeze({
    apiVersion: 1,
    TamgaError,

    async status() {
      return { apiVersion: 1, ...(await request({ type: 'status' })) };
    },

    async getCertificate(filter = {}, options = {}) {
      const command = { type: 'get-certificate', filter: checkFilter(filter) };
      return (await request(command, checkOptions(options, ['signal']))).certificate;
    },

    async sign(/** @type {unknown} */ asked, options = {}) {
      const { certificate, items } = await request(checkSign(asked), checkOptions(options, ['signal', 'onProgress']));
      return {
        certificate,
        items: items.map((/** @type {any} */ { name, signature, error }) =>
          error ? { name, error: new TamgaError(error.code) } : { name, signature },
        ),
      };
    },
  });

  Object.defineProperty(window, 'tamga', { value: tamga, configurable: true, enumerable: true, writable: true });
  listen('message', take);
  dispatch(new CustomEvent('tamga-ready'));

  /**
   * @param {object} command
   * @param {{signal?: AbortSignal, onProgress?: (progress: any) => void}} [options]
   * @returns {Promise<any>}
   */
  async function request(command, { signal, onProgress = () => {} } = {}) {
    if (signal?.aborted) throw new TamgaError('CANCELLED');
    if (!present()) throw new TamgaError('INTERRUPTED');
    const id = newId();
    // The extension may be reloaded or removed in the middle, and then nobody is left to answer.
    const pulse = start(() => {
      if (!present()) pending.get(id)?.reject(new TamgaError('INTERRUPTED'));
    }, PULSE);
    const abort = () => {
      post({ tamga: 1, kind: 'abort', id }, '/');
      pending.get(id)?.reject(new TamgaError('CANCELLED'));
    };
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        pending.set(id, { resolve, reject, onProgress });
        post({ tamga: 1, kind: 'request', id, command }, '/');
      });
    } finally {
      pending.delete(id);
      stop(pulse);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Whether the extension's half in this page is alive: it answers on the spot by cancelling the event. */
  function present() {
    return !dispatch(new CustomEvent('tamga-present', { cancelable: true }));
  }

  /** 128 bits in hex: nobody else can guess which request to answer or to abort. */
  function newId() {
    return toHex(random(new Uint8Array(16)));
  }

  /** @param {MessageEvent} event */
  function take({ source, data }) {
    if (source !== window || data?.tamga !== 1) return;
    const request = pending.get(data.id);
    if (data.kind === 'progress') {
      try {
        request?.onProgress(data.progress);
      } catch (error) {
        // The site's own defect belongs in its console; the signing goes on.
        reportError(error);
      }
    }
    if (data.kind === 'answer') {
      if (data.failure) request?.reject(new TamgaError(data.failure.code));
      else request?.resolve(data.result);
    }
  }

  /** @param {any} asked */
  function checkSign(asked) {
    checkFields(asked, ['documents', 'hashes', 'format', 'detached', 'certificate', 'pss'], 'request');
    const { documents, hashes, format = 'cades-bes', detached = true, certificate, pss = false } = asked;
    check((documents === undefined) !== (hashes === undefined), 'give either documents or hashes');
    check(format === 'cms' || format === 'cades-bes', "format: 'cms' or 'cades-bes'");
    check(typeof detached === 'boolean', 'detached: a boolean');
    check(typeof pss === 'boolean', 'pss: a boolean');
    check(detached || hashes === undefined, 'detached: a hash cannot be attached');
    check(
      certificate === undefined || (typeof certificate === 'string' && /^[0-9a-f]{64}$/.test(certificate)),
      'certificate: the id of a certificate from getCertificate',
    );
    return {
      type: 'sign',
      documents: documents === undefined ? [] : checkList(documents, 'documents').map(checkDocument),
      hashes: hashes === undefined ? [] : checkList(hashes, 'hashes').map(checkHash),
      format,
      detached,
      ...(certificate !== undefined && { certificate }),
      pss,
    };
  }

  /**
   * @param {any} document
   * @param {number} index
   */
  function checkDocument(document, index) {
    const where = `documents[${index}]`;
    checkFields(document, ['name', 'content'], where);
    return { name: checkName(document.name, where), content: toBlob(document.content, where) };
  }

  /**
   * @param {any} hash
   * @param {number} index
   */
  function checkHash(hash, index) {
    const where = `hashes[${index}]`;
    checkFields(hash, ['name', 'algorithm', 'value'], where);
    const { algorithm, value } = hash;
    const length = Object.hasOwn(HEX_LENGTHS, algorithm) && HEX_LENGTHS[algorithm];
    check(length, `${where}.algorithm: ${Object.keys(HEX_LENGTHS).join(', ')}`);
    const hex = value instanceof Uint8Array ? toHex(value) : value;
    check(
      typeof hex === 'string' && hex.length === length && /^[0-9a-f]*$/i.test(hex),
      `${where}.value: a Uint8Array of ${Number(length) / 2} bytes, or the same in hex`,
    );
    return { name: checkName(hash.name, where), algorithm, value: hex.toLowerCase() };
  }

  /** @param {any} filter */
  function checkFilter(filter) {
    checkFields(filter, ['keyTypes', 'issuers'], 'filter');
    const { keyTypes, issuers } = filter;
    check(
      keyTypes === undefined || (Array.isArray(keyTypes) && keyTypes.every((type) => KEY_TYPES.includes(type))),
      "filter.keyTypes: an array of 'RSA', 'EC' and 'GOST'",
    );
    check(
      issuers === undefined || (Array.isArray(issuers) && issuers.length <= MAX_ISSUERS),
      `filter.issuers: an array of at most ${MAX_ISSUERS} strings`,
    );
    return {
      ...(keyTypes && { keyTypes: [...new Set(keyTypes)] }),
      ...(issuers && { issuers: issuers.map((/** @type {unknown} */ issuer) => checkText(issuer, 'filter.issuers')) }),
    };
  }

  /**
   * @param {any} options
   * @param {string[]} known
   */
  function checkOptions(options, known) {
    checkFields(options, known, 'options');
    const { signal, onProgress } = options;
    check(signal === undefined || typeof signal?.aborted === 'boolean', 'options.signal: an AbortSignal');
    check(onProgress === undefined || typeof onProgress === 'function', 'options.onProgress: a function');
    return options;
  }

  /**
   * A misspelt field would otherwise be a silent change of what is signed.
   *
   * @param {any} object
   * @param {string[]} known
   * @param {string} where
   */
  function checkFields(object, known, where) {
    check(typeof object === 'object' && object !== null, `${where}: an object`);
    for (const field of Object.keys(object)) check(known.includes(field), `${where}.${field}: no such field`);
  }

  /**
   * @param {unknown} list
   * @param {string} where
   * @returns {any[]}
   */
  function checkList(list, where) {
    check(
      Array.isArray(list) && list.length > 0 && list.length <= MAX_DOCUMENTS,
      `${where}: an array of 1 to ${MAX_DOCUMENTS}`,
    );
    return [.../** @type {any[]} */ (list)];
  }

  /**
   * @param {unknown} name
   * @param {string} where
   */
  function checkName(name, where) {
    return checkText(name, `${where}.name`);
  }

  /**
   * @param {unknown} text
   * @param {string} where
   * @returns {string}
   */
  function checkText(text, where) {
    const fits = typeof text === 'string' && text !== '' && text.length <= MAX_NAME && !/\p{Surrogate}/u.test(text);
    check(
      fits && new TextEncoder().encode(text).length <= MAX_NAME,
      `${where}: a well-formed string of 1 to ${MAX_NAME} bytes of UTF-8`,
    );
    return /** @type {string} */ (text);
  }

  /**
   * @param {any} content
   * @param {string} where
   * @returns {Blob}
   */
  function toBlob(content, where) {
    if (isBlob(content)) return content;
    const bytes = typeof content === 'string' || content instanceof ArrayBuffer || ArrayBuffer.isView(content);
    check(bytes, `${where}.content: a Blob, ArrayBuffer, typed array or string`);
    try {
      return new Blob([content]);
    } catch (error) {
      // Shared memory: it could change while it is read.
      throw new TamgaError('REQUEST_MALFORMED', `${where}.content: ${/** @type {Error} */ (error).message}`);
    }
  }

  /**
   * Blobs of any frame, unlike `instanceof`.
   *
   * @param {unknown} value
   */
  function isBlob(value) {
    try {
      return sizeOf.call(value) >= 0;
    } catch {
      return false;
    }
  }

  /** @param {Uint8Array} bytes */
  function toHex(bytes) {
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  /**
   * @param {unknown} condition
   * @param {string} explanation
   */
  function check(condition, explanation) {
    if (!condition) throw new TamgaError('REQUEST_MALFORMED', explanation);
  }
})();
