/**
 * A page of the extension with its own style sheets and policy, and without its script: the screen gets its events from
 * here, so that it can be shown in any state, language and theme in a few milliseconds.
 */
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { extension, manifest } from '../driver.js';
import { catalogue } from '../screen.js';
import { perform } from './perform.js';

const FOLDER = extension('chromium');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.wasm': 'application/wasm' };
/** The script that gives a page `axe`. */
export const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const LANGUAGES = ['ru', 'kk', 'en'];
/** The rules of axe whose outcome depends on the theme. */
export const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

/** What the pages are loaded from. */
export class Stages {
  /** @param {import('puppeteer-core').Browser} browser */
  static async open(browser) {
    const stages = new Stages(browser);
    await new Promise((resolve) => stages.#server.listen(0, '127.0.0.1', () => resolve(undefined)));
    return stages;
  }

  #server = createServer((request, response) => answer(request.url ?? '/', response));

  /** @param {import('puppeteer-core').Browser} browser */
  constructor(browser) {
    this.browser = browser;
  }

  /**
   * @param {string} file such as `popup/popup.html`
   * @param {'Popup' | 'SignWindow' | 'Options' | 'Certificate' | 'Check' | 'Diagnosis' | 'FirstRun'} screen
   */
  async stage(file, screen) {
    const page = await this.browser.newPage();
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    await page.goto(`http://127.0.0.1:${port}/${file}`);
    await page.evaluate(AXE);
    await page.evaluate(perform, screen, Object.fromEntries(LANGUAGES.map((language) => [language, JSON.stringify(catalogue(language))])));
    return new Stage(page);
  }

  close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** One page, on which every state of its screen can be shown. */
export class Stage {
  /** @param {import('puppeteer-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /** @param {string} theme */
  wear(theme) {
    // Without motion nothing is caught in between.
    return this.page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
  }

  /**
   * @param {{width: number, height: number}} size
   * @param {number} [zoom] as the person zooms: fewer of larger pixels
   */
  resize({ width, height }, zoom = 1) {
    return this.page.setViewport({ width: width / zoom, height: height / zoom, deviceScaleFactor: zoom });
  }

  /**
   * @param {import('./steps.js').Step[]} steps
   * @param {string} language
   */
  show(steps, language) {
    return this.page.evaluate((steps, language) => /** @type {any} */ (globalThis).show(steps, language), steps, language);
  }

  /**
   * What axe finds, best practices included.
   *
   * @param {string[]} [rules] only these
   * @returns {Promise<string[]>} each with the rule, the element and what is wrong
   */
  async findings(rules) {
    return this.page.evaluate(async (rules) => {
      const options = { reporter: 'no-passes', resultTypes: ['violations'], preload: false, ...(rules && { runOnly: rules }) };
      const { violations } = await /** @type {any} */ (globalThis).axe.run(document, options);
      return violations.flatMap((/** @type {any} */ { id, help, nodes }) => nodes.map((/** @type {any} */ { target, any }) => `${id}: ${target.join(' ')}: ${any[0]?.message ?? help}`));
    }, rules);
  }

  /** What tells this state from others. */
  content() {
    return this.page.evaluate(() => document.body.innerHTML);
  }

  /** What is wider than the window, or cut off where nothing says so. @returns {Promise<string[]>} */
  async cutOff() {
    return this.page.evaluate(() => {
      const root = document.documentElement;
      const wide = root.scrollWidth > innerWidth ? [`the page is ${root.scrollWidth - innerWidth} px too wide`] : [];
      const cut = [...document.body.querySelectorAll('*')].filter((element) => {
        const { overflowX, textOverflow } = getComputedStyle(element);
        const hides = ['hidden', 'clip'].includes(overflowX) && textOverflow !== 'ellipsis' && !element.classList.contains('unseen');
        return hides && element.tagName !== 'PROGRESS' && element.scrollWidth > element.clientWidth + 1;
      });
      return [...wide, ...cut.map((element) => `${element.tagName.toLowerCase()}.${element.className} is cut off`)];
    });
  }

  /** @param {string} file @param {boolean} [whole] the whole page, rather than what is seen at first */
  shoot(file, whole = true) {
    return this.page.screenshot({ path: /** @type {any} */ (file), fullPage: whole, optimizeForSpeed: true });
  }
}

/**
 * @param {string} url
 * @param {import('node:http').ServerResponse} response
 */
async function answer(url, response) {
  const file = path.join(FOLDER, path.normalize(new URL(url, 'http://localhost').pathname));
  const type = path.extname(file);
  try {
    const content = await readFile(file);
    response.setHeader('content-type', TYPES[type] ?? 'application/octet-stream');
    response.setHeader('content-security-policy', manifest().content_security_policy.extension_pages);
    response.end(type === '.html' ? content.toString().replace(/<script\b[^>]*><\/script>|<link rel="(module)?preload"[^>]*>/g, '') : content);
  } catch {
    response.statusCode = 404;
    response.end();
  }
}
