/**
 * What a site passes, checked: said to its developer as `REQUEST_MALFORMED`, with the name of the field. Every document
 * becomes a Blob. `any` here is the site's own value.
 */
(() => {
  'use strict';

  /** @typedef {import('../types/PageCommand').PageCommand} PageCommand */

  const MAX_DOCUMENTS = 1000;
  const MAX_NAME = 1024;
  const MAX_ISSUERS = 100;
  const KEY_TYPES = ['RSA', 'EC', 'GOST'];
  const HEX_LENGTHS = /** @type {Record<string, number>} */ ({ 'SHA-256': 64, 'SHA-384': 96, 'SHA-512': 128, 'Streebog-256': 64, 'Streebog-512': 128 });

  // Taken now: libraries replace some of these later.
  const { Blob, TextEncoder, Uint8Array, ArrayBuffer } = window;
  const bufferSizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get);
  const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get);
  const parts = window.tamgaParts;
  const { TamgaError } = parts;

  Object.assign(parts, { checkSign, checkFilter, checkOptions, toHex });

  /**
   * @param {any} asked
   * @returns {PageCommand}
   */
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
    const content = toBlob(document.content, where);
    return { name: checkName(document.name, where), size: content.size, content };
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

  /**
   * @param {any} filter
   * @returns {import('../types/PageFilter').PageFilter}
   */
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
