/**
 * The only connection to the native host: requests, events and streams as `wasm-core/src/protocol.rs` defines them.
 * Everything that goes wrong rejects with a `Failure`.
 *
 * @typedef {import('./browser.js').HostPort} HostPort
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {import('./types/Command').Command} Command
 * @typedef {import('./types/Reply').Reply} Reply
 * @typedef {import('./types/Event').Event} HostEvent
 * @typedef {import('./types/FromHost').FromHost} FromHost
 * @typedef {import('./types/ToHost').ToHost} ToHost
 * @typedef {import('./types/Digest').Digest} Digest
 * @typedef {import('./types/CheckRole').CheckRole} CheckRole
 * @typedef {import('./types/DigestAlgorithm').DigestAlgorithm} DigestAlgorithm
 * @typedef {{resolve: (reply: Reply) => void, reject: (failure: Failure) => void, onEvent: (event: HostEvent) => void}} Pending
 */
import { browser, startHost } from './browser.js';
import { OLDEST_PROTOCOL, PROTOCOL, outdated } from './versions.js';
import './base64.js';
import './stream.js';

const { tamgaBase64 } = globalThis;
const { Sender, Receiver, StreamBroken } = globalThis.tamgaStreams;

// The constants of wasm-core/src/protocol.rs that this end needs.
export const LARGE_MESSAGE = 512 << 10;
export const MAX_LARGE_MESSAGE = 32 << 20;

/** How long the host may take to start and answer `hello`, in milliseconds. */
const HELLO_TIMEOUT_MS = 10_000;

/** How long a program that is sent nothing may take to end, in milliseconds. */
const UNASKED_TIMEOUT_MS = 2_000;

/** What Chromium says of a program that talks nonsense, and of one that had ended before our first message was written. */
const GARBLED_OR_ENDED = 'communicating with the native messaging host';

/**
 * How browsers say why there is no host that has said anything.
 *
 * @type {[phrase: string, code: Failure['code']][]}
 */
const REASONS = [
  // Chromium: no manifest, or no program where it points; not for this extension; a policy; no program (Windows); what is not
  // executable, or exits; what talks nonsense.
  ['native messaging host not found', 'HOST_MISSING'],
  ['native messaging host is forbidden', 'HOST_FORBIDDEN'],
  ['disabled by the system administrator', 'HOST_BLOCKED'],
  ['Failed to start native messaging host', 'HOST_NOT_STARTED'],
  ['Native host has exited', 'HOST_NOT_STARTED'],
  [GARBLED_OR_ENDED, 'HOST_GARBLED'],
  // Firefox: no manifest, or not for this extension; no program where it points, or not executable; what talks nonsense.
  // It says nothing of one that exits.
  ['No such native application', 'HOST_MISSING'],
  ['An unexpected error occurred', 'HOST_NOT_STARTED'],
  ['tried to send a message of', 'HOST_GARBLED'],
];

/** One running host. It ends with this object's `close`, or with the page that opened it. */
export class Host {
  /** The host's version. */
  version = '';
  /** The half that is older than the other, although they understand each other. @type {Failure | null} */
  outdated = null;
  /** Whether the administrator has passwords and PINs for signatures typed in a dialog of the system. */
  pinsInDialog = false;
  /** @type {HostPort['port']} */
  #port;
  /** Whether the browser has closed the port. */
  #closed = false;
  /** @type {Failure | null} why nothing more can be asked */
  #ended = null;
  /** @type {PromiseWithResolvers<Failure>} */
  #ending = Promise.withResolvers();
  #lastRequest = 0;
  #lastStream = 0;
  /** @type {Map<number, Pending>} */
  #requests = new Map();
  /** @type {Map<number, InstanceType<typeof Sender>>} our streams to the host */
  #senders = new Map();
  /** @type {Map<number, InstanceType<typeof Receiver>>} large messages of the host on their way */
  #receivers = new Map();

  /** @param {HostPort} started */
  constructor(started) {
    this.#port = started.port;
    started.onMessage = (message) => this.#take(message);
    started.lost.then((reason) => this.#lost(reason));
  }

  /**
   * Agrees on the protocol with a host that was started ahead, or is now.
   *
   * @param {(host: Host) => void} [ahead] asks something right behind `hello`, without waiting for its answer
   * @param {HostPort} [started]
   * @returns {Promise<Host>}
   */
  static async open(ahead, started = startHost()) {
    const host = new Host(started);
    const timer = setTimeout(() => host.#end({ code: 'TIMEOUT' }), HELLO_TIMEOUT_MS);
    try {
      // A host that has exited already is known to have after this.
      await Promise.resolve();
      const answered = host.#hello();
      ahead?.(host);
      await answered;
      return host;
    } catch (failure) {
      host.close();
      throw failure;
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @param {Command} command
   * @param {(event: HostEvent) => void} [onEvent]
   * @param {AbortSignal} [signal] cancels the request: it fails with CANCELLED when the host has given it up, unless its
   *   answer was on its way already
   * @returns {Promise<Reply>}
   */
  request(command, onEvent = () => {}, signal) {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended);
      if (signal?.aborted) return reject(failure('CANCELLED'));
      const id = ++this.#lastRequest;
      this.#requests.set(id, { resolve, reject, onEvent });
      this.#send({ type: 'request', id, command });
      signal?.addEventListener('abort', () => this.cancel(id));
    });
  }

  /**
   * Has the host give a request up that it has not answered yet.
   *
   * @param {number} id
   */
  cancel(id) {
    if (this.#requests.has(id)) this.#post({ type: 'cancel', id });
  }

  /**
   * Streams a document to the host, which keeps only its digest.
   *
   * @param {Blob} blob
   * @param {DigestAlgorithm} digest
   * @param {{onProgress?: (bytes: number) => void, keepsAll?: (first: Uint8Array<ArrayBuffer>) => boolean}} [options]
   *   `keepsAll` sees the first piece that goes (its buffer is used again), and says whether the very bytes that are sent
   *   come back as `content`: what is shown, and what goes around a signature, is what was hashed, whatever happens to the
   *   file meanwhile
   * @returns {Promise<{document: number, digest: Digest, content?: Blob}>}
   */
  async readDocument(blob, digest, { onProgress, keepsAll = () => false } = {}) {
    /** @type {Blob[]} */
    const kept = [];
    let keep = false;
    const stream = ++this.#lastStream;
    const read = await this.#give({ type: 'read-document', stream, size: blob.size, digest }, stream, blob, (piece, bytes) => {
      if (bytes === piece.length) keep = keepsAll(piece);
      if (keep) kept.push(new Blob([piece]));
      onProgress?.(bytes);
    });
    if (read.type !== 'document-read') throw this.#end({ code: 'INTERNAL' });
    return { document: read.document, digest: read.digest, content: keep ? new Blob(kept) : undefined };
  }

  /**
   * Streams a file to the host that is to be checked together with others.
   *
   * @param {Blob} blob
   * @param {string} name
   * @param {DigestAlgorithm[] | undefined} digests which the host hashes it to; without them it keeps the file
   * @param {(bytes: number) => void} onProgress
   * @returns {Promise<{file: number, role: CheckRole, digests: DigestAlgorithm[]}>}
   */
  async readCheckFile(blob, name, digests, onProgress) {
    const stream = ++this.#lastStream;
    /** @type {Command} */
    const command = { type: 'read-check-file', stream, name, size: blob.size, ...(digests && { digests }) };
    const read = await this.#give(command, stream, blob, (_, bytes) => onProgress(bytes));
    if (read.type !== 'check-file-read') throw this.#end({ code: 'INTERNAL' });
    const { type: _, ...rest } = read;
    return rest;
  }

  /**
   * Streams a national list to the host, which verifies and keeps it.
   *
   * @param {Blob} blob
   * @param {string} name
   * @returns {Promise<import('./types/TrustSource').TrustSource[]>} whom the host trusts now
   */
  async importList(blob, name) {
    const stream = ++this.#lastStream;
    const changed = await this.#give({ type: 'import-list', stream, name, size: blob.size }, stream, blob, () => {});
    if (changed.type !== 'trust-changed') throw this.#end({ code: 'INTERNAL' });
    return changed.sources;
  }

  /**
   * The document that is inside of a file that was given to be checked.
   *
   * @param {number} file
   * @returns {Promise<Blob>}
   */
  async readContent(file) {
    /** @type {Blob[]} */
    const parts = [];
    for (let start = 0, size = 1; start < size; ) {
      const reply = await this.request({ type: 'read-content', file, start });
      if (reply.type !== 'content') throw this.#end({ code: 'INTERNAL' });
      const part = tamgaBase64.decode(reply.data);
      parts.push(new Blob([part]));
      size = reply.size;
      start += part.length;
      if (part.length === 0) break;
    }
    return new Blob(parts);
  }

  /** Resolves with the reason when nothing more can be asked. */
  get ended() {
    return this.#ending.promise;
  }

  /** Ends the host; whatever it was doing is dropped. */
  close() {
    this.#end({ code: 'CANCELLED' });
  }

  /**
   * A request with a Blob that follows as a stream.
   *
   * @param {Command} command
   * @param {number} stream
   * @param {Blob} blob
   * @param {(piece: Uint8Array<ArrayBuffer>, sent: number) => void} onPiece
   */
  async #give(command, stream, blob, onPiece) {
    const reply = this.request(command);
    const sent = this.#stream(stream, blob, onPiece);
    try {
      const [read] = await Promise.all([reply, sent]);
      return read;
    } finally {
      this.#senders.get(stream)?.stop();
      this.#senders.delete(stream);
    }
  }

  async #hello() {
    const { version } = browser.runtime.getManifest();
    const reply = await this.request({ type: 'hello', protocol: PROTOCOL, oldestProtocol: OLDEST_PROTOCOL, version });
    if (reply.type !== 'hello') throw this.#end({ code: 'HOST_OUTDATED' });
    const older = outdated(reply);
    if (older && !older.works) throw this.#end(older.failure);
    this.outdated = older && older.failure;
    this.pinsInDialog = reply.pinsInDialog === true;
    this.version = reply.version;
  }

  /**
   * A message of any size.
   *
   * @param {ToHost & {type: 'request'}} message
   */
  #send(message) {
    const text = JSON.stringify(message);
    // A character is at most three bytes. A page's first Blob takes longer than a small message to the host and back.
    if (text.length * 3 <= LARGE_MESSAGE) return this.#post(message);
    const json = new Blob([text]);
    if (json.size <= LARGE_MESSAGE) return this.#post(message);
    if (json.size > MAX_LARGE_MESSAGE) return this.#fail(message.id, { code: 'CONTENT_TOO_LARGE' });
    const stream = ++this.#lastStream;
    this.#post({ type: 'large', stream, size: json.size });
    return void this.#stream(stream, json).catch((failure) => this.#fail(message.id, failure));
  }

  /**
   * @param {number} stream
   * @param {Blob} blob
   * @param {(piece: Uint8Array<ArrayBuffer>, sent: number) => void} [onPiece]
   */
  async #stream(stream, blob, onPiece) {
    const sender = new Sender((message) => this.#post(message), stream);
    this.#senders.set(stream, sender);
    try {
      await sender.send(blob, onPiece);
    } catch (error) {
      throw error instanceof StreamBroken ? failure('CONTENT_CHANGED') : error;
    }
  }

  /** @param {ToHost} message */
  #post(message) {
    if (!this.#ended && !this.#closed) this.#port.postMessage(message);
  }

  /** @param {FromHost} message */
  #take(message) {
    switch (message.type) {
      case 'reply': {
        const { id, reply } = message;
        this.#requests.get(id)?.resolve(reply);
        this.#requests.delete(id);
        return;
      }
      case 'failed':
        // Id 0: the host could not read what we said, so nobody knows which request that was.
        if (message.id === 0) return void this.#end(message.failure);
        return this.#fail(message.id, this.#explained(message.failure));
      case 'event':
        return this.#requests.get(message.id)?.onEvent(message.event);
      case 'acknowledge':
        return this.#senders.get(message.stream)?.acknowledged(message.sequence);
      case 'abort':
        this.#receivers.delete(message.stream);
        return this.#senders.get(message.stream)?.stop();
      case 'large':
        if (message.size > MAX_LARGE_MESSAGE) return void this.#end({ code: 'INTERNAL' });
        this.#receivers.set(
          message.stream,
          new Receiver((answer) => this.#post(answer), message.stream, message.size),
        );
        return;
      case 'chunk':
        return void this.#takeChunk(message);
      default:
        return void this.#end({ code: 'INTERNAL' });
    }
  }

  /** @param {FromHost & {type: 'chunk'}} chunk */
  async #takeChunk(chunk) {
    try {
      const json = this.#receivers.get(chunk.stream)?.take(chunk);
      if (!json) return;
      this.#receivers.delete(chunk.stream);
      this.#take(JSON.parse(await json.text()));
    } catch {
      this.#end({ code: 'INTERNAL' });
    }
  }

  /**
   * We ask nothing that a host of our version does not understand.
   *
   * @param {Failure} failure
   */
  #explained(failure) {
    const isOld = this.outdated?.code === 'HOST_OUTDATED';
    return isOld && failure.code === 'REQUEST_MALFORMED' ? /** @type {Failure} */ (this.outdated) : failure;
  }

  /**
   * @param {number} id
   * @param {Failure} failure
   */
  #fail(id, failure) {
    this.#requests.get(id)?.reject(failure);
    this.#requests.delete(id);
  }

  /** @param {string} reason in the browser's words */
  async #lost(reason) {
    this.#closed = true;
    if (this.version) return void this.#end({ code: 'HOST_STOPPED' });
    const known = reason.includes(GARBLED_OR_ENDED) ? await reasonUnasked() : reason;
    this.#end({ code: reasonOf(known ?? reason) });
  }

  /**
   * Nothing more can be asked; every open request fails. The first reason stays.
   *
   * @param {Failure} failure
   * @returns {Failure}
   */
  #end(failure) {
    if (this.#ended) return this.#ended;
    this.#ended = failure;
    this.#ending.resolve(failure);
    this.#port.disconnect();
    for (const sender of this.#senders.values()) sender.stop();
    for (const request of this.#requests.values()) request.reject(failure);
    this.#senders.clear();
    this.#receivers.clear();
    this.#requests.clear();
    return failure;
  }
}

/**
 * @param {Failure['code']} code
 * @returns {Failure}
 */
function failure(code) {
  return { code };
}

/** @param {string} reason in the browser's words @returns {Failure['code']} */
function reasonOf(reason) {
  const known = REASONS.find(([phrase]) => reason.includes(phrase));
  return known ? known[1] : 'HOST_NOT_STARTED';
}

/**
 * Why a program ends that is sent nothing, in the browser's words: none if it does not end.
 *
 * @returns {Promise<string | null>}
 */
async function reasonUnasked() {
  const { port, lost } = startHost();
  /** @type {Promise<null>} */
  const waited = new Promise((resolve) => setTimeout(resolve, UNASKED_TIMEOUT_MS, null));
  const reason = await Promise.race([lost, waited]);
  port.disconnect();
  return reason;
}
