/**
 * Messages of content scripts, which share a process with the page, and of the popup: rebuilt from the fields that are
 * known, each of its type. What cannot be read is null. The types are generated from
 * `wasm-core/screens/src/messages.rs`; a type that is added there does not pass the type checker before it is parsed here.
 *
 * @typedef {import('./types/ContentToWorker').ContentToWorker} ContentToWorker
 * @typedef {import('./types/ContentToWindow').ContentToWindow} ContentToWindow
 * @typedef {import('./types/PopupToWorker').PopupToWorker} PopupToWorker
 * @typedef {import('./types/PageState').PageState} PageState
 * @typedef {import('./types/PageCommand').PageCommand} PageCommand
 * @typedef {import('./types/PageDocument').PageDocument} PageDocument
 * @typedef {import('./types/ErrorCode').ErrorCode} ErrorCode
 * @typedef {import('./types/Ending').Ending} Ending
 * @typedef {import('./types/Scope').Scope} Scope
 */

/** @type {Scope[]} */
const SCOPES = ['certificate', 'sign'];
/** @type {Ending[]} */
const ENDINGS = ['answered', 'taken-back', 'left'];
const ID = /^[0-9a-f]{32}$/;

/**
 * @param {unknown} message
 * @returns {ContentToWorker | null}
 */
export function parseContentToWorker(message) {
  const { type, id, scope, ending, touched, gesture } = /** @type {Fields<ContentToWorker>} */ (fieldsOf(message));
  switch (type) {
    case 'open':
      return isId(id) && isOneOf(SCOPES, scope) ? { type, id, scope, touched: touched === true, gesture: gesture === true } : null;
    case 'settled':
      return isId(id) ? { type, id, ending: isOneOf(ENDINGS, ending) ? ending : 'answered' } : null;
    case 'raise':
      return isId(id) ? { type, id } : null;
    case 'status':
      return { type, touched: touched === true };
    default:
      return unknownType(type);
  }
}

/**
 * @param {unknown} message
 * @returns {PopupToWorker | null}
 */
export function parsePopupToWorker(message) {
  const { type, id, isPrivate } = /** @type {Fields<PopupToWorker>} */ (fieldsOf(message));
  switch (type) {
    case 'list-waiting':
      return { type, isPrivate: isPrivate === true };
    case 'open-waiting':
    case 'dismiss-waiting':
      return isId(id) ? { type, id, isPrivate: isPrivate === true } : null;
    default:
      return unknownType(type);
  }
}

/**
 * @param {unknown} message
 * @returns {ContentToWindow | null}
 */
export function parseContentToWindow(message) {
  const { type, command, probe, code, stream, sequence, last, data } = /** @type {Fields<ContentToWindow>} */ (fieldsOf(message));
  switch (type) {
    case 'command': {
      const parsed = parsePageCommand(command);
      return parsed && { type, command: parsed, probe: /** @type {Blob} */ (probe) };
    }
    case 'received':
    case 'taken-back':
      return { type };
    case 'lost':
      return { type, code: code === 'CONTENT_CHANGED' ? code : 'INTERRUPTED' };
    case 'chunk':
      return isNumber(stream) && isNumber(sequence) && typeof data === 'string' ? { type, stream, sequence, last: last === true, data } : null;
    case 'acknowledge':
      return isNumber(stream) && isNumber(sequence) ? { type, stream, sequence } : null;
    case 'abort':
      return isNumber(stream) ? { type, stream } : null;
    default:
      return unknownType(type);
  }
}

/**
 * What the content script of a page says about it.
 *
 * @param {unknown} reply
 * @returns {PageState | null}
 */
export function parsePageState(reply) {
  const { document, touched } = fieldsOf(reply);
  return isNumber(document) ? { document, touched: touched === true } : null;
}

/**
 * A page's command. What is `unknown` in its type is for the core to judge.
 *
 * @param {unknown} command
 * @returns {PageCommand | null}
 */
function parsePageCommand(command) {
  const { type, documents, hashes, format, detached, certificate, pss, filter } = /** @type {Fields<PageCommand>} */ (fieldsOf(command));
  switch (type) {
    case 'get-certificate': {
      const { keyTypes, issuers } = fieldsOf(filter);
      return { type, filter: { ...given({ keyTypes, issuers }) } };
    }
    case 'sign':
      if (!Array.isArray(documents) || !Array.isArray(hashes)) return null;
      return {
        type,
        documents: documents.map((document) => parseDocument(fieldsOf(document))),
        hashes: hashes.map((hash) => parseHash(fieldsOf(hash))),
        ...given({ format, detached, certificate, pss }),
      };
    default:
      return unknownType(type);
  }
}

/**
 * @param {Record<string, unknown>} document
 * @returns {PageDocument}
 */
function parseDocument({ name, size, content }) {
  return { name: String(name), size: Number(size), content: /** @type {Blob} */ (content) };
}

/**
 * @param {Record<string, unknown>} hash
 * @returns {import('./types/PageHash').PageHash}
 */
function parseHash({ name, algorithm, value }) {
  return given({ name, algorithm, value });
}

/**
 * The fields that are there: absent and `undefined` are two things in JSON.
 *
 * @template {Record<string, unknown>} T
 * @param {T} fields
 * @returns {Partial<T>}
 */
function given(fields) {
  return /** @type {Partial<T>} */ (Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)));
}

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>} its fields; none if it is no object
 */
function fieldsOf(value) {
  return typeof value === 'object' && value !== null ? /** @type {Record<string, unknown>} */ (value) : {};
}

/**
 * @param {unknown} value
 * @returns {value is string}
 */
function isId(value) {
  return typeof value === 'string' && ID.test(value);
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isNumber(value) {
  return typeof value === 'number';
}

/**
 * @template {string} T
 * @param {T[]} values
 * @param {unknown} value
 * @returns {value is T}
 */
function isOneOf(values, value) {
  return values.some((known) => known === value);
}

/**
 * Takes only what cannot be: a case is missing where this is called with anything else.
 *
 * @param {never} _type
 */
function unknownType(_type) {
  return null;
}

/**
 * The type, of which nothing is known but that it must be one of these; and all other fields, of which nothing is known.
 *
 * @template {{type: string}} Message
 * @typedef {{type: Message['type']} & Record<Exclude<KeysOf<Message>, 'type'>, unknown>} Fields
 */
/**
 * The names of the fields of all kinds of a message.
 *
 * @template Message
 * @typedef {Message extends unknown ? keyof Message : never} KeysOf
 */
