/**
 * The documents of a request. Each is read once: what is shown, and what goes into a signature, is what went to the
 * host, whatever becomes of the page's file afterwards.
 *
 * @typedef {import('../native.js').Host} Host
 * @typedef {import('../types/Digest').Digest} Digest
 * @typedef {import('../types/DigestAlgorithm').DigestAlgorithm} DigestAlgorithm
 * @typedef {import('../types/ContentKind').ContentKind} ContentKind
 * @typedef {{digest: Digest, start?: Uint8Array<ArrayBuffer>, content?: Blob}} Kept what went to the host: its digest, its
 *   beginning where it can be shown, and all of it where that is kept
 */
import { browser } from '../browser.js';
import { contentKind } from '../wasm/tamga_windows.js';

/** How much of a document is shown as text, in bytes: `LENGTH` in wasm-core/screens/src/sign/preview.rs. */
export const START = 64 << 10;
/** How much is kept for the browser's viewer, of one document and of all, in bytes. */
const MAX_VIEWED = 64 << 20;
const MAX_VIEWED_IN_ALL = 256 << 20;

export class Documents {
  /** @type {Blob[]} */
  #blobs;
  /** @type {Kept[]} */
  #kept = [];
  #viewed = 0;

  /** @param {Blob[]} blobs as the page has them */
  constructor(blobs) {
    this.#blobs = blobs;
  }

  /**
   * Has the host read a document. One that was read before is the same, or it has changed.
   *
   * @param {Host} host
   * @param {{index: number, algorithm: DigestAlgorithm, keep: boolean}} which `keep`: all of it goes into the signature
   * @param {(bytes: number) => void} onProgress
   * @returns {Promise<{document: number, digest: Digest, kind: ContentKind, kept: boolean}>}
   */
  async read(host, { index, algorithm, keep }, onProgress) {
    const before = this.#kept[index];
    const blob = before ? this.#whole(before, index) : this.#blobs[index];
    let start = new Uint8Array();
    /** @type {ContentKind} */
    let kind = 'other';
    const keepsAll = (/** @type {Uint8Array<ArrayBuffer>} */ first) => {
      start = first.slice(0, START);
      kind = JSON.parse(contentKind(start, start.length === blob.size));
      return keep || (isForViewer(kind) && this.#hasRoom(blob.size));
    };
    const { document, digest, content } = await host.readDocument(blob, algorithm, { onProgress, keepsAll });
    if (before?.start && !isSame(before.start, start)) throw { code: 'CONTENT_CHANGED' };
    this.#kept[index] = { digest, ...(kind !== 'other' && { start }), content };
    if (content && isForViewer(kind) && !before?.content) this.#viewed += content.size;
    return { document, digest, kind, kept: content !== undefined };
  }

  /**
   * The beginning of a document that was read.
   *
   * @param {number} index
   * @returns {Uint8Array<ArrayBuffer>}
   */
  start(index) {
    const start = this.#kept[index]?.start;
    if (!start) throw { code: 'CONTENT_CHANGED' };
    return start;
  }

  /**
   * All of a document that was read and kept.
   *
   * @param {number} index
   * @returns {Blob | undefined}
   */
  content(index) {
    return this.#kept[index]?.content;
  }

  /**
   * Opens a document that was kept in a tab of the browser's viewer. The address is good for as long as this window is.
   *
   * @param {number} index
   * @param {string} type its MIME type by its content; never one in which a script runs
   */
  async view(index, type) {
    const content = this.content(index);
    // The browser may have lost it; its viewer would say so in its own words.
    const bytes = await content?.arrayBuffer().catch(() => undefined);
    if (!content || bytes?.byteLength !== content.size) throw { code: 'CONTENT_CHANGED' };
    await browser.tabs.create({ url: URL.createObjectURL(new Blob([content], { type })) });
  }

  /**
   * @param {Kept} kept
   * @param {number} index
   */
  #whole({ start, content }, index) {
    const blob = this.#blobs[index];
    return content ?? (start?.length === blob.size ? new Blob([start]) : blob);
  }

  /**
   * A copy of a document as it went to the host. Of one that was not kept the host reads the file once more: it is that
   * copy if the digest is the one that is signed.
   *
   * @param {Host} host
   * @param {number} index
   * @returns {Promise<Blob>}
   */
  async copy(host, index) {
    const kept = this.#kept[index];
    const whole = kept && this.#whole(kept, index);
    if (!whole) throw { code: 'CONTENT_CHANGED' };
    const { digest, content } = await host.readDocument(whole, kept.digest.algorithm, { keepsAll: () => true });
    if (!content || digest.value !== kept.digest.value) throw { code: 'CONTENT_CHANGED' };
    return content;
  }

  /** @param {number} size */
  #hasRoom(size) {
    return size <= MAX_VIEWED && this.#viewed + size <= MAX_VIEWED_IN_ALL;
  }
}

/** @param {ContentKind} kind */
function isForViewer(kind) {
  return kind !== 'text' && kind !== 'other';
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
