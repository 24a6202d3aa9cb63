/** What a site's script does with `window.tamga`, and what it gets. */

/**
 * @typedef {object} Answer
 * @property {string} [code] of the TamgaError
 * @property {{id: string, der: string, chain: string[]}} [certificate]
 * @property {{name: string, signature?: Buffer, code?: string}[]} [items]
 * @property {string[]} [keys] of the TamgaError's own properties
 * @property {any[]} progress
 */

/**
 * Asks for signatures. A document is `{name, text}`, `{name, base64}`, `{name, size}` (bytes that repeat `pattern`), or
 * `{name}`: the file `window.opfs` of the page, or else the one that its file input holds.
 *
 * @param {import('puppeteer-core').Page | import('puppeteer-core').Frame} page
 * @param {any} request what `tamga.sign` takes, but for the documents
 * @returns {Promise<Answer>}
 */
export async function sign(page, request) {
  const answer = await page.evaluate(async (request) => {
    const controller = new AbortController();
    /** @type {any[]} */
    const progress = [];
    Object.assign(window, { abort: () => controller.abort(), progress });
    const mebibyte = Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251);
    const file = /** @type {any} */ (window).opfs ?? /** @type {HTMLInputElement | null} */ (document.querySelector('input[type=file]'))?.files?.[0];
    /** @param {any} document */
    const content = ({ text, base64, size }) => {
      if (text !== undefined) return text;
      if (base64 !== undefined) return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      if (size === undefined) return file;
      return new Blob([...Array(Math.floor(size / 2 ** 20)).fill(mebibyte), mebibyte.subarray(0, size % 2 ** 20)]);
    };
    /** @param {Blob} blob */
    const base64 = (blob) => new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
      reader.onerror = () => reject(reader.error);
      reader.readAsDataURL(blob);
    });
    const documents = request.documents?.map((/** @type {any} */ document) => ({ name: document.name, content: content(document) }));
    try {
      const result = await tamga.sign({ ...request, ...(documents && { documents }) }, { signal: controller.signal, onProgress: (step) => progress.push(step) });
      const items = [];
      for (const { name, signature, error } of result.items) items.push({ name, code: error?.code, base64: signature && (await base64(signature)) });
      return { certificate: result.certificate, items, progress };
    } catch (error) {
      if (!(error instanceof tamga.TamgaError)) throw error;
      return { code: error.code, keys: Object.keys(error), progress };
    }
  }, request);
  const items = answer.items?.map(({ name, code, base64 }) => ({ name, code, signature: base64 && Buffer.from(base64, 'base64') }));
  return { ...answer, items };
}

/**
 * @param {import('puppeteer-core').Page | import('puppeteer-core').Frame} page
 * @param {any} [filter]
 * @returns {Promise<any>} the certificate, or `{code}`
 */
export function getCertificate(page, filter) {
  return page.evaluate((filter) => tamga.getCertificate(filter).catch((error) => ({ code: error.code })), filter);
}

/**
 * The bytes of a document that `sign` makes by `size`.
 *
 * @param {number} size
 */
export function pattern(size) {
  const mebibyte = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, index) => index % 251));
  return Buffer.concat([...Array(size >> 20).fill(mebibyte), mebibyte.subarray(0, size % (1 << 20))]);
}
