/**
 * `TamgaError`, and what each code means.
 *
 * The scripts of this folder hand each other `window.tamgaParts`, which is gone before the page's first script runs: a
 * declaration in the page's world could not be taken back.
 */
(() => {
  'use strict';

  /** @typedef {import('./tamga').TamgaErrorCode} TamgaErrorCode */

  // Taken now: libraries replace some of these later.
  const { Error } = window;

  /** For the site's developer. The person is told in the extension's own window. @type {Record<string, string>} */
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

  Object.defineProperty(window, 'tamgaParts', { value: { TamgaError }, configurable: true });
})();
