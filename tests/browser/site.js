/** The sites that the tests visit: the demo site and empty pages, under several origins. */
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { FOREIGN_NAME, ROOT } from './driver.js';

const FOLDER = path.join(ROOT, 'tests/site');
const MARK = path.join(ROOT, 'extension/icons/tamga.svg');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
/** A page that asks by itself, before the person has touched it, and keeps what it is told. */
const ASKS = `<!doctype html><meta charset="utf-8"><title>A site that asks by itself</title><h1>A site</h1><script>
  const failed = ({ code }) => ({ code });
  window.progress = [];
  window.told = tamga.status();
  window.answer = tamga.sign({ documents: [{ name: 'a.txt', content: 'text' }] }, { onProgress: (step) => progress.push(step) })
    .then(({ items }) => ({ items: items.length }), failed);
</script>`;
const BLANK = '<!doctype html><meta charset="utf-8"><title>A site</title><h1>A site</h1><input type="file">';

export class Site {
  /** An origin that may ask, another one, and plain http that is not on this computer as far as browsers know. */
  origin = '';
  otherOrigin = '';
  insecureOrigin = '';

  /** @param {number} [port] any free one if it is left out */
  static async open(port = 0) {
    const site = new Site();
    const [first, second] = await Promise.all([site.#listen(port), site.#listen(0)]);
    site.origin = `http://localhost:${first}`;
    site.otherOrigin = `http://localhost:${second}`;
    site.insecureOrigin = `http://${FOREIGN_NAME}:${first}`;
    return site;
  }

  /** @type {import('node:http').Server[]} */
  #servers = [];

  /**
   * @param {number} port
   * @returns {Promise<number>}
   */
  #listen(port) {
    const server = createServer((request, response) => answer(request.url ?? '/', response));
    this.#servers.push(server);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => resolve(/** @type {any} */ (server.address()).port));
    });
  }

  close() {
    for (const server of this.#servers) {
      server.close();
      server.closeAllConnections();
    }
  }
}

/**
 * @param {string} url
 * @param {import('node:http').ServerResponse} response
 */
async function answer(url, response) {
  const { pathname } = new URL(url, 'http://localhost');
  const page = pathname === '/blank' ? BLANK : pathname === '/asks' && ASKS;
  if (page) {
    response.setHeader('content-type', TYPES['.html']);
    return response.end(page);
  }
  const file = pathname === '/tamga.svg' ? MARK : path.join(FOLDER, path.normalize(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
  try {
    const content = await readFile(file);
    response.setHeader('content-type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(content);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
