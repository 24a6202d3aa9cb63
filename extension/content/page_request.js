/**
 * What a page may say to the content script, rebuilt from the fields that are known.
 *
 * @typedef {import('../types/PageToContent').PageToContent} PageToContent
 * @typedef {import('../types/PageRequest').PageRequest} PageRequest
 */
var tamgaPageRequest = (() => {
  'use strict';

  const MAX_DOCUMENTS = 1000;
  const ID = /^[0-9a-f]{32}$/;
  const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get);

  /**
   * A message of the page's API, or null. Its command is read apart: who has asked with a malformed one is told.
   *
   * @param {unknown} data
   * @returns {{kind: 'request', id: string, command: unknown} | {kind: 'abort' | 'received', id: string} | null}
   */
  function parseMessage(data) {
    const { tamga, kind: given, id, command } = fieldsOf(data);
    if (tamga !== 1 || typeof id !== 'string' || !ID.test(id)) return null;
    const kind = /** @type {PageToContent['kind']} */ (given);
    switch (kind) {
      case 'request':
        return { kind, id, command };
      case 'abort':
      case 'received':
        return { kind, id };
      default:
        return unknownKind(kind);
    }
  }

  /**
   * The command with known fields only, or null. What the fields say is for the window to judge, which is not in the
   * page's process.
   *
   * @param {unknown} command
   * @returns {PageRequest | null}
   */
  function parseCommand(command) {
    const { type: given, documents, hashes, filter, ...others } = fieldsOf(command);
    const type = /** @type {PageRequest['type']} */ (given);
    switch (type) {
      case 'status':
        return { type };
      case 'get-certificate':
        return { type, filter: pick(filter, ['keyTypes', 'issuers']) };
      case 'sign': {
        if (!isList(documents) || !isList(hashes)) return null;
        const rebuilt = [];
        for (const document of documents) {
          const { name, content } = fieldsOf(document);
          if (!isBlob(content)) return null;
          rebuilt.push({ name: String(name), size: content.size, content });
        }
        return {
          type,
          ...pick(others, ['format', 'detached', 'certificate', 'pss']),
          documents: rebuilt,
          hashes: hashes.map((hash) => pick(hash, ['name', 'algorithm', 'value'])),
        };
      }
      default:
        return unknownKind(type);
    }
  }

  /**
   * Unlike `instanceof`, right in Firefox too: there `Blob` is the page's until the first Blob comes out of a message,
   * and a class of our own from then on.
   *
   * @param {unknown} value
   * @returns {value is Blob}
   */
  function isBlob(value) {
    try {
      return sizeOf.call(value) >= 0;
    } catch {
      return false;
    }
  }

  /**
   * @param {unknown} list
   * @returns {list is unknown[]}
   */
  function isList(list) {
    return Array.isArray(list) && list.length <= MAX_DOCUMENTS;
  }

  /**
   * @template {string} Name
   * @param {unknown} from
   * @param {Name[]} names
   * @returns {Partial<Record<Name, unknown>>}
   */
  function pick(from, names) {
    const fields = fieldsOf(from);
    const known = names.filter((name) => fields[name] !== undefined);
    return /** @type {Partial<Record<Name, unknown>>} */ (Object.fromEntries(known.map((name) => [name, fields[name]])));
  }

  /**
   * @param {unknown} value
   * @returns {Record<string, unknown>} its fields; none if it is no object
   */
  function fieldsOf(value) {
    return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
  }

  /**
   * Takes only what cannot be: a case is missing where this is called with anything else.
   *
   * @param {never} _kind
   */
  function unknownKind(_kind) {
    return null;
  }

  return { parseMessage, parseCommand, isBlob };
})();
