/**
 * Streams of numbered, acknowledged base64 chunks over any port: towards the native host (which speaks nothing else)
 * and, in browsers whose messages cannot carry a Blob, between the page's content script and our window. The messages
 * are those of `wasm-core/src/protocol.rs`.
 *
 * A classic script, because content scripts cannot be modules: `base64.js` is loaded before it. Modules import both for
 * their effect, `globalThis.tamgaStreams`.
 *
 * @typedef {import('./types/StreamMessage').StreamMessage} StreamMessage
 */
var tamgaStreams = (() => {
  'use strict';

  /** How many chunks may be unacknowledged: `WINDOW` of the protocol. */
  const WINDOW = 8;
  /** Bytes in one chunk. Larger ones are slower in both browsers; the protocol allows twice as much. */
  const PIECE = 256 << 10;

  /** What the sender announced and what came are two different things. */
  class StreamBroken extends Error {}

  /** Sends one Blob. */
  class Sender {
    #post;
    #stream;
    #unacknowledged = 0;
    #next = 0;
    #stopped = false;
    #wake = () => {};

    /**
     * @param {(message: StreamMessage) => void} post
     * @param {number} stream
     */
    constructor(post, stream) {
      this.#post = post;
      this.#stream = stream;
    }

    /**
     * Sends the whole Blob. False if the receiver stopped it.
     *
     * @param {Blob} blob
     * @param {(piece: Uint8Array<ArrayBuffer>, sent: number) => void} [onPiece] sees each piece as it goes; the buffer is used again afterwards
     * @returns {Promise<boolean>}
     * @throws {StreamBroken} the Blob could not be read, or not as long as it said; the receiver has been told
     */
    async send(blob, onPiece) {
      let sent = 0;
      try {
        for await (const { piece, last } of pieces(blob)) {
          await this.#room();
          if (this.#stopped) return false;
          sent += piece.length;
          if (last ? sent !== blob.size : sent >= blob.size) throw new StreamBroken();
          onPiece?.(piece, sent);
          this.#chunk(piece, last);
        }
        return true;
      } catch {
        if (this.#stopped) return false;
        this.#post({ type: 'abort', stream: this.#stream });
        throw new StreamBroken();
      }
    }

    /** @param {number} sequence of the chunk that arrived */
    acknowledged(sequence) {
      this.#unacknowledged = Math.min(this.#unacknowledged, this.#next - 1 - sequence);
      this.#wake();
    }

    /** Sends nothing more. */
    stop() {
      this.#stopped = true;
      this.#wake();
    }

    /**
     * @param {Uint8Array} piece
     * @param {boolean} last
     */
    #chunk(piece, last) {
      this.#post({ type: 'chunk', stream: this.#stream, sequence: this.#next++, last, data: tamgaBase64.encode(piece) });
      this.#unacknowledged++;
    }

    async #room() {
      while (this.#unacknowledged >= WINDOW && !this.#stopped) {
        await new Promise((resolve) => {
          this.#wake = () => resolve(undefined);
        });
      }
    }
  }

  /** Receives one Blob. */
  class Receiver {
    #post;
    #stream;
    #size;
    #received = 0;
    #next = 0;
    /** @type {Blob[]} Blobs and not arrays, so that a large stream is the browser's memory and not this page's. */
    #parts = [];

    /**
     * @param {(message: StreamMessage) => void} post
     * @param {number} stream
     * @param {number} size announced, in bytes
     */
    constructor(post, stream, size) {
      this.#post = post;
      this.#stream = stream;
      this.#size = size;
    }

    /**
     * Takes a chunk in and acknowledges it. The Blob, once the last one is here.
     *
     * @param {import('./types/Chunk').Chunk} chunk
     * @returns {Blob | null}
     * @throws {StreamBroken} out of order, no base64, or not the announced size
     */
    take({ sequence, last, data }) {
      if (sequence !== this.#next++) throw new StreamBroken();
      const piece = decode(data);
      this.#received += piece.length;
      if (last ? this.#received !== this.#size : this.#received > this.#size) throw new StreamBroken();
      this.#parts.push(new Blob([piece]));
      this.#post({ type: 'acknowledge', stream: this.#stream, sequence });
      return last ? new Blob(this.#parts) : null;
    }
  }

  /**
   * The Blob's bytes in pieces of the same size, the last one perhaps shorter or empty. The buffer is used again for
   * each. One plain reader: slices are quadratic in Firefox, BYOB readers hang in Chromium's workers now and then.
   *
   * @param {Blob} blob
   * @returns {AsyncGenerator<{piece: Uint8Array<ArrayBuffer>, last: boolean}>}
   */
  async function* pieces(blob) {
    // Opening a stream takes longer than reading a small Blob whole.
    if (blob.size <= PIECE) {
      yield { piece: new Uint8Array(await blob.arrayBuffer()), last: true };
      return;
    }
    const buffer = new Uint8Array(PIECE);
    let filled = 0;
    const reader = blob.stream().getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        for (let at = 0; at < value.length; ) {
          if (filled === PIECE) {
            yield { piece: buffer, last: false };
            filled = 0;
          }
          const part = value.subarray(at, at + PIECE - filled);
          buffer.set(part, filled);
          filled += part.length;
          at += part.length;
        }
      }
      yield { piece: buffer.subarray(0, filled), last: true };
    } finally {
      reader.cancel().catch(() => {});
    }
  }

  /**
   * @param {string} data
   * @throws {StreamBroken} no base64
   */
  function decode(data) {
    try {
      return tamgaBase64.decode(data);
    } catch {
      throw new StreamBroken();
    }
  }

  return { WINDOW, PIECE, Sender, Receiver, StreamBroken };
})();

globalThis.tamgaStreams = tamgaStreams;
