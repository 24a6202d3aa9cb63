/**
 * The port to a request's content script, with streams for browsers whose messages cannot carry a Blob.
 *
 * @typedef {import('../types/Failure').Failure} Failure
 * @typedef {import('../types/Released').Released} Released
 * @typedef {import('../types/PageDocument').PageDocument} PageDocument
 * @typedef {import('../types/StreamMessage').StreamMessage} StreamMessage
 * @typedef {import('../types/WindowItem').WindowItem} WindowItem
 * @typedef {import('../types/WindowToContent').WindowToContent} WindowToContent
 * @typedef {{name: string, signature: Blob} | {name: string, error: Failure}} ResultItem
 * @typedef {{certificate: Released, items?: ResultItem[]}} Result what the page gets; errors are cut down to their code
 */
import '../base64.js';
import { parseContentToWindow } from '../messages.js';
import '../stream.js';

const { Sender, Receiver } = globalThis.tamgaStreams;

export class RequestPort {
  #port;
  #carriesBlobs;
  #isFrameRemoved;
  #aborted = false;
  #takenBack = false;
  /** @type {(takenBack: boolean) => void} */
  #onGone;
  #concluded = false;
  #lastStream = 0;
  /** @type {Array<() => void>} */
  #abortListeners = [];
  /** @type {Map<number, InstanceType<typeof Sender>>} */
  #senders = new Map();
  /** @type {Map<number, (message: StreamMessage) => void>} */
  #receivers = new Map();
  /** @type {() => void} */
  #onReceived = () => {};
  /** @type {(failure: Failure) => void} */
  #onLost = () => {};

  /**
   * @param {chrome.runtime.Port} port
   * @param {boolean} carriesBlobs whether a Blob in a message arrives as a Blob
   * @param {() => Promise<boolean>} isFrameRemoved when the port is closed
   * @param {(takenBack: boolean) => void} onGone until there is another listener
   */
  constructor(port, carriesBlobs, isFrameRemoved, onGone) {
    this.#port = port;
    this.#carriesBlobs = carriesBlobs;
    this.#isFrameRemoved = isFrameRemoved;
    this.#onGone = onGone;
    port.onMessage.addListener((message) => this.#take(message));
    port.onDisconnect.addListener(() => this.#abort());
  }

  /** @param {(takenBack: boolean) => void} listener closes the window */
  onGone(listener) {
    this.#onGone = listener;
  }

  /** @param {WindowToContent} message */
  post(message) {
    if (!this.#aborted) this.#port.postMessage(message);
  }

  /**
   * @param {PageDocument[]} documents
   * @returns {Promise<Blob[]>}
   */
  async takeDocuments(documents) {
    const blobs = [];
    for (const [index, { content, size }] of documents.entries()) {
      blobs.push(this.#carriesBlobs ? content : await this.#pull(index, size));
    }
    if (!blobs.every((blob) => blob instanceof Blob)) throw failure('REQUEST_MALFORMED');
    return blobs;
  }

  /**
   * @param {Result} result
   * @returns {Promise<void>}
   */
  async finish({ certificate, items: resultItems }) {
    /** @type {Blob[]} */
    const blobs = [];
    const items = resultItems?.map((item) => /** @type {WindowItem} */ (
      'error' in item
        ? { name: item.name, error: { code: item.error.code } }
        : { name: item.name, signature: blobs.push(item.signature) - 1 }
    ));
    const result = { certificate, ...(items && { items }) };
    if (this.#carriesBlobs) return this.conclude({ type: 'result', result, blobs });
    const streamed = blobs.map((blob) => ({ stream: ++this.#lastStream, size: blob.size, mime: blob.type }));
    const concluded = this.conclude({ type: 'result', result, blobs: streamed });
    const pushed = streamed.map(({ stream }, index) => this.#push(stream, blobs[index]));
    await Promise.all([concluded, ...pushed]);
  }

  /**
   * The last message to the page.
   *
   * @param {WindowToContent & {type: 'failed' | 'result'}} message
   * @returns {Promise<void>} resolves when the page has it, rejects with a `Failure` if it does not take it
   */
  conclude(message) {
    return new Promise((resolve, reject) => {
      this.#onReceived = () => {
        this.#concluded = true;
        resolve();
      };
      this.#onLost = reject;
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

  /** @param {unknown} message from the content script */
  #take(message) {
    const parsed = parseContentToWindow(message);
    switch (parsed?.type) {
      case 'received':
        return this.#onReceived();
      case 'lost':
        return this.#onLost(failure(parsed.code));
      case 'taken-back':
        this.#takenBack = true;
        return void this.#abort();
      case 'acknowledge':
        return this.#senders.get(parsed.stream)?.acknowledged(parsed.sequence);
      case 'chunk':
      case 'abort':
        return this.#receivers.get(parsed.stream)?.(parsed);
      case 'command': // the first message, which came before this listened
      case undefined:
        return;
    }
  }

  /** @param {() => void} listener */
  #onAbort(listener) {
    if (this.#aborted) listener();
    else this.#abortListeners.push(listener);
  }

  async #abort() {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const sender of this.#senders.values()) sender.stop();
    if (this.#concluded) return;
    for (const listener of this.#abortListeners) listener();
    const takenBack = this.#takenBack || (await this.#isFrameRemoved());
    this.#onGone(takenBack);
  }
}

/**
 * @param {Failure['code']} code
 * @returns {Failure}
 */
function failure(code) {
  return { code };
}
