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
  const { Blob, CustomEvent, Error, TextEncoder, Uint8Array, ArrayBuffer, Map, MutationObserver, Promise } = window;
  const post = window.postMessage.bind(window);
  const listen = window.addEventListener.bind(window);
  const dispatch = window.dispatchEvent.bind(window);
  const random = crypto.getRandomValues.bind(crypto);
  const later = window.setTimeout.bind(window);
  const start = window.setInterval.bind(window);
  const stop = window.clearInterval.bind(window);
  const bufferSizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get);
  const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get);

  /** For the site's developer. The words for the person are the extension's, in its own window. @type {Record<string, string>} */
  const SENTENCES = {
    BUSY: 'This tab has a Tamga window open, or has asked too often. Wait for the answer before asking again.',
    CANCELLED: 'The person closed the window, the page was left, or the call was aborted. Nothing has to be said about it.',
    CERTIFICATE_EXPIRED: 'The certificate that was asked for by id has expired.',
    CERTIFICATE_NOT_FOUND: 'The certificate that was asked for by id is not on this computer now. Call without `certificate` to let the person choose.',
    CERTIFICATE_NOT_YET_VALID: 'The certificate that was asked for by id is not valid yet.',
    CERTIFICATE_UNFIT: 'The certificate that was asked for by id is not meant for signing.',
    CONTENT_CHANGED: 'The document changed, vanished or could not be read. Ask the person to choose the file again.',
    CONTENT_MALFORMED: 'The document is not what it has to be for this kind of signature.',
    CONTENT_TOO_LARGE: 'The document is too large for this kind of signature. Ask for a detached one.',
    HOST_MISSING: 'Tamga’s program is not installed on the person’s computer, or the browser does not find it.',
    HOST_OUTDATED: 'Tamga’s program and the extension are of different versions. The person has to update.',
    HOST_STOPPED: 'Tamga’s program has stopped in the middle. Nothing was signed; it can be tried again.',
    INTERNAL: 'A defect in Tamga, or a failure of the person’s computer that is not for sites to know.',
    INTERRUPTED: 'The extension was reloaded, updated or removed. It works again after the page is reloaded.',
    KEY_EXPIRED: 'The key’s own term is over.',
    KEY_MISMATCH: 'The certificate does not belong to the key.',
    KEY_MISSING: 'There is a certificate, but no key for it.',
    KEY_UNSUPPORTED: 'Tamga does not sign with keys of this kind, or not in this way.',
    KEY_WITHDRAWN: 'The key’s algorithm is withdrawn: signatures are verified with it, and no longer made.',
    MODULE_FAILED: 'The driver of the person’s token has failed.',
    NOT_ANSWERED: 'The person was elsewhere or had not touched the page, and did not open the request behind Tamga’s icon in time. Call from a button.',
    ORIGIN_INSECURE: 'The page is neither https nor on this computer, or has no origin: a sandboxed frame, a data: address.',
    PERMISSION_DENIED: 'The person did not allow it, now or earlier. Until `retryAfter` milliseconds are over nobody is asked.',
    REQUEST_MALFORMED: 'The request makes no sense.',
    SIGNATURE_INVALID: 'The signature that was made does not verify, so it was not handed out.',
    TIMEOUT: 'Something on the person’s computer did not answer in time. It can be tried again.',
    TOKEN_BUSY: 'Another program is using the person’s token.',
    TOKEN_REMOVED: 'The token was taken out.',
  };

  /**
   * `instanceof Error`, and yet all of it survives `structuredClone` and `postMessage`: of what browsers take for a true
   * error they copy the message alone.
   */
  class TamgaError {
    /**
     * @param {TamgaErrorCode} code
     * @param {{explanation?: string, retryAfter?: number}} [details] `explanation`: for the site's developer, in place of the usual sentence
     */
    constructor(code, { explanation = SENTENCES[code], retryAfter } = {}) {
      this.name = 'TamgaError';
      this.code = code;
      this.message = explanation ? `${code}: ${explanation}` : code;
      if (typeof retryAfter === 'number') this.retryAfter = retryAfter;
      const { stack } = new Error(this.message);
      Object.defineProperty(this, 'stack', { value: stack, configurable: true, writable: true });
    }

    get [Symbol.toStringTag]() {
      return 'Error';
    }
  }
  Object.setPrototypeOf(TamgaError.prototype, Error.prototype);

  /** @type {Map<string, Pending>} */
  const pending = new Map();
  /** The last requests that were answered: their answers may be posted again. @type {string[]} */
  const answered = [];
  const MAX_ANSWERED = 16;

  /** @type {import('./tamga').Tamga} */
  const tamga = Object.freeze({
    apiVersion: 1,
    TamgaError: /** @type {any} */ (TamgaError),

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
          error ? { name, error: new TamgaError(error.code, error) } : { name, signature },
        ),
      };
    },
  });

  Object.defineProperty(window, 'tamga', { value: tamga, configurable: true, enumerable: true, writable: true });
  hear();
  // `document.open()`, which `document.write()` after the load implies, takes all listeners off the window, also these;
  // `window.tamga` stays, and so does what is observed.
  new MutationObserver(hear).observe(document, { childList: true });
  dispatch(new CustomEvent('tamga-ready'));

  /**
   * @param {object} command
   * @param {{signal?: AbortSignal, onProgress?: (progress: any) => void}} [options]
   * @returns {Promise<any>}
   */
  async function request(command, { signal, onProgress = () => {} } = {}) {
    if (signal?.aborted) throw new TamgaError('CANCELLED');
    hear();
    // In a document that is just being rewritten the extension's half listens again in a moment.
    if (!present()) await new Promise((go) => later(go));
    if (!present()) throw new TamgaError('INTERRUPTED');
    if (signal?.aborted) throw new TamgaError('CANCELLED');
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

  /** To listen where one is listening already changes nothing. */
  function hear() {
    listen('message', take);
    listen('pageshow', comeBack);
  }

  /**
   * The browser had put the page away and shows it again: what was open then was cancelled, and the answers did not come.
   *
   * @param {Event} event
   */
  function comeBack(event) {
    if (!(/** @type {PageTransitionEvent} */ (event).persisted)) return;
    for (const { reject } of pending.values()) reject(new TamgaError('CANCELLED'));
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
      if (!request && !answered.includes(data.id)) return;
      if (data.failure) request?.reject(new TamgaError(data.failure.code, data.failure));
      else request?.resolve(data.result);
      if (request) answered.push(data.id);
      if (answered.length > MAX_ANSWERED) answered.shift();
      post({ tamga: 1, kind: 'received', id: data.id }, '/');
    }
  }

  /** @param {any} asked */
  function checkSign(asked) {
    check(!Array.isArray(asked) && !isBlob(asked), 'request: an object such as { documents: [{ name: file.name, content: file }] }');
    checkFields(asked, ['documents', 'hashes', 'format', 'detached', 'certificate', 'pss'], 'request');
    const { documents, hashes, format = 'cades-bes', detached = true, certificate, pss = false } = asked;
    check((documents === undefined) !== (hashes === undefined), 'give either documents or hashes');
    check(format === 'cms' || format === 'cades-bes', "format: 'cms' or 'cades-bes'");
    check(typeof detached === 'boolean', 'detached: a boolean');
    check(typeof pss === 'boolean', 'pss: a boolean');
    check(detached || hashes === undefined, 'detached: a hash cannot be attached');
    check(!isBlob(documents), 'documents: an array, even of one: [{ name: file.name, content: file }]');
    check(
      certificate === undefined || (typeof certificate === 'string' && /^[0-9a-f]{64}$/.test(certificate)),
      'certificate: the id of a certificate from getCertificate',
    );
    return {
      type: 'sign',
      documents: documents === undefined ? [] : checkList(documents, 'documents').map(checkDocument),
      hashes: hashes === undefined ? [] : checkHashes(checkList(hashes, 'hashes')),
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
    const isContent = isBlob(document) || isBuffer(document) || ArrayBuffer.isView(document);
    check(!isContent && typeof document !== 'string', `${where}: an object such as { name: file.name, content: file }`);
    checkFields(document, ['name', 'content'], where);
    return { name: checkName(document.name, where), content: toBlob(document.content, where) };
  }

  /**
   * One key signs them all, and a key goes with one algorithm.
   *
   * @param {any[]} hashes
   */
  function checkHashes(hashes) {
    const checked = hashes.map(checkHash);
    const differs = checked.findIndex(({ algorithm }) => algorithm !== checked[0].algorithm);
    check(differs < 0, `hashes[${differs}].algorithm: one call takes hashes of one algorithm; ask for each in a call of its own`);
    return checked;
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
    const hex = hexOf(value);
    check(
      typeof hex === 'string' && hex.length === length && /^[0-9a-f]*$/i.test(hex),
      `${where}.value: an ArrayBuffer or typed array of ${Number(length) / 2} bytes, or the same in hex`,
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
    const bytes = typeof content === 'string' || isBuffer(content) || ArrayBuffer.isView(content);
    check(bytes, `${where}.content: a Blob, ArrayBuffer, typed array or string`);
    try {
      return new Blob([content]);
    } catch (error) {
      // Shared memory: it could change while it is read.
      throw malformed(`${where}.content: ${/** @type {Error} */ (error).message}`);
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

  /**
   * Bytes of any kind, of any frame, as hex; anything else as it is.
   *
   * @param {any} value
   */
  function hexOf(value) {
    if (ArrayBuffer.isView(value)) return toHex(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
    return isBuffer(value) ? toHex(new Uint8Array(value)) : value;
  }

  /** @param {unknown} value */
  function isBuffer(value) {
    try {
      return bufferSizeOf.call(value) >= 0;
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
    if (!condition) throw malformed(explanation);
  }

  /** @param {string} explanation */
  function malformed(explanation) {
    return new TamgaError('REQUEST_MALFORMED', { explanation });
  }
})();
