/**
 * The content script's end of the port to a sign window: hands the documents over, by reference or as streams, and takes
 * the result.
 *
 * @typedef {import('../types/ContentToWindow').ContentToWindow} ContentToWindow
 * @typedef {import('../types/WindowToContent').WindowToContent} WindowToContent
 * @typedef {import('../types/PageCommand').PageCommand} PageCommand
 * @typedef {import('../types/PageFailure').PageFailure} PageFailure
 * @typedef {import('../types/PageItem').PageItem} PageItem
 * @typedef {import('../types/PageResult').PageResult} PageResult
 * @typedef {import('../types/Progress').Progress} Progress
 * @typedef {import('../types/SentBlob').SentBlob} SentBlob
 *
 * @typedef {object} WindowListener
 * @property {(progress: Progress) => void} onProgress
 * @property {(failure: PageFailure) => void} onFailure
 * @property {(result: PageResult) => Promise<boolean>} onResult resolves with whether the page has taken it
 * @property {() => void} onClosed the window is closed, or the extension is gone
 */
var tamgaWindowPort = (() => {
  'use strict';

  const { Sender, Receiver } = tamgaStreams;
  const { isBlob } = tamgaPageRequest;

  class WindowPort {
    #port;
    #command;
    #listener;
    /** @type {Map<number, InstanceType<typeof Sender>>} */
    #senders = new Map();
    /** @type {Map<number, (chunk: import('../types/Chunk').Chunk) => void>} */
    #receivers = new Map();

    /**
     * Opens the port and says the command.
     *
     * @param {string} id of the request
     * @param {PageCommand} command
     * @param {WindowListener} listener
     */
    constructor(id, command, listener) {
      this.#port = chrome.runtime.connect({ name: `request:${id}` });
      this.#command = command;
      this.#listener = listener;
      this.#port.onMessage.addListener((/** @type {WindowToContent} */ message) => this.#take(message));
      this.#port.onDisconnect.addListener(() => listener.onClosed());
      // The window looks at how the probe arrives: as a Blob, or (older Chromium) as an empty object.
      this.#post({ type: 'command', command, probe: new Blob(['?']) });
    }

    /** @param {boolean} takenBack whether the page wants no answer any more; or else it is left */
    close(takenBack) {
      if (takenBack) this.#post({ type: 'taken-back' });
      this.#port.disconnect();
    }

    /** Sends no more of the documents. */
    stop() {
      for (const sender of this.#senders.values()) sender.stop();
    }

    /** @param {ContentToWindow} message */
    #post(message) {
      this.#port.postMessage(message);
    }

    /** @param {WindowToContent} message */
    #take(message) {
      switch (message.type) {
        case 'progress':
          return this.#listener.onProgress(message.progress);
        case 'failed': {
          const { code, retryAfter } = message;
          this.#post({ type: 'received' });
          return this.#listener.onFailure({ code, ...(typeof retryAfter === 'number' && { retryAfter }) });
        }
        case 'result':
          return void this.#deliver(message);
        case 'pull':
          return this.#send(message.document, message.stream);
        case 'acknowledge':
          return this.#senders.get(message.stream)?.acknowledged(message.sequence);
        case 'chunk':
          return this.#receivers.get(message.stream)?.(message);
        case 'abort':
          return this.#listener.onFailure({ code: 'CONTENT_CHANGED' });
      }
    }

    /**
     * @param {number} document
     * @param {number} stream
     */
    #send(document, stream) {
      if (this.#command.type !== 'sign') return;
      const sender = new Sender((message) => this.#post(message), stream);
      this.#senders.set(stream, sender);
      // Broken: the window has been told. Disconnected: nobody is left to tell.
      sender.send(this.#command.documents[document].content).catch(() => {});
    }

    /** @param {WindowToContent & {type: 'result'}} message */
    async #deliver(message) {
      /** @type {import('../types/ErrorCode').ErrorCode | null} */
      let lost = null;
      try {
        const result = await this.#own(message);
        if (!(await this.#listener.onResult(result))) lost = 'INTERRUPTED';
      } catch {
        lost = 'CONTENT_CHANGED';
        this.#listener.onFailure({ code: lost });
      }
      try {
        this.#post(lost ? { type: 'lost', code: lost } : { type: 'received' });
      } catch {
        // The window is closed already.
      }
    }

    /**
     * The result with Blobs that stay when the window is gone.
     *
     * @param {WindowToContent & {type: 'result'}} message
     * @returns {Promise<PageResult>}
     */
    async #own({ result: { certificate, items: sent }, blobs }) {
      const own = await Promise.all(blobs.map((blob) => (isBlob(blob) ? copy(blob) : this.#receive(blob))));
      const items = sent?.map((item) => /** @type {PageItem} */ (
        'error' in item
          ? { name: item.name, error: { code: item.error.code } }
          : { name: item.name, signature: own[item.signature] }
      ));
      return { certificate, ...(items && { items }) };
    }

    /**
     * @param {import('../types/StreamedBlob').StreamedBlob} blob
     * @returns {Promise<Blob>}
     */
    #receive({ stream, size, mime }) {
      const receiver = new Receiver((message) => this.#post(message), stream, size);
      return new Promise((resolve, reject) => {
        this.#receivers.set(stream, (chunk) => {
          try {
            const blob = receiver.take(chunk);
            if (blob) resolve(new Blob([blob], { type: mime }));
          } catch (error) {
            reject(error);
          }
        });
      });
    }
  }

  /**
   * Its size is compared, because browsers cut short without an error.
   *
   * @param {Blob} blob
   */
  async function copy(blob) {
    const own = await new Response(blob).blob();
    if (own.size !== blob.size) throw new Error('cut short');
    return own;
  }

  return { WindowPort };
})();
