/**
 * Starts a real browser with the real extension and the real host. Profile, home and key files are in a folder that is
 * gone afterwards, and the host is registered in there only.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import puppeteer from 'puppeteer-core';
import { allowInPrivateWindows } from './private_windows.js';
import { Screen } from './screen.js';
import { SignWindow } from './sign_window.js';
import { until } from './until.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const TARGET = path.resolve(ROOT, process.env.CARGO_TARGET_DIR ?? 'target');
/** Where the programs are that are built as for Rust's tests. */
export const PROGRAMS = path.join(TARGET, 'debug');
/** What people get; or, for the demo, what `scripts/build --quick` makes; or what a package has installed. */
const build = process.env.TAMGA_BUILD;
const quick = build === 'quick';
/** Whether the host is installed, and the browsers know it; they have the extension by the administrator's policy. */
const installed = build === 'package';
export const HOST = installed ? '/usr/lib/tamga/tamga-host' : path.join(quick ? PROGRAMS : path.join(TARGET, 'release'), 'tamga-host');
const SETTABLE_HOST = path.join(PROGRAMS, 'tamga-host');
/** The folder of the extension as it was built. @param {string} browser */
export const extension = (browser) => path.join(TARGET, quick ? 'quick' : '', browser === 'firefox' ? 'extension-firefox' : 'extension');

/** The browsers to test; TAMGA_BROWSERS narrows them down. */
export const BROWSERS = (process.env.TAMGA_BROWSERS ?? 'chromium firefox').split(' ');

const BROWSER_PROGRAMS = {
  chromium: process.env.TAMGA_CHROMIUM ?? '/usr/lib/chromium/chromium',
  firefox: process.env.TAMGA_FIREFOX ?? '/usr/lib/firefox-esr/firefox-esr',
};
/** Firefox gives every profile its own; a fixed one lets tests open the extension's pages. */
const FIREFOX_UUID = '7b0a6a5e-51c1-4d52-9d5c-8a1d3c6f2e10';
/** The page that the extension opens when it is installed. */
export const FIRST_RUN = 'first_run/first_run.html';
/** A name for this computer that browsers do not take for it. */
export const FOREIGN_NAME = 'tamga.test';

/** Who starts a browser also ends it, so that the folder goes with it. */
const LAUNCH = {
  protocolTimeout: 600_000,
  acceptInsecureCerts: true,
  defaultViewport: null,
  handleSIGINT: false,
  handleSIGTERM: false,
  handleSIGHUP: false,
};

/**
 * @typedef {object} Options
 * @property {{file: string, password: string}[]} [keys] PKCS#12 files the host has from the start
 * @property {boolean} [extension] whether it has the extension
 * @property {boolean} [registered] whether the browser finds the host
 * @property {boolean} [firstRun] whether the page stays open that opens when the extension is installed
 * @property {boolean} [settable] whether the host obeys what only tests may set, as the one of Rust's tests does and none for people
 * @property {boolean} [visible] a window on the screen instead of headless
 * @property {boolean} [inPrivateWindows] whether the person has allowed the extension there
 * @property {boolean} [dark]
 * @property {string} [language]
 * @property {Record<string, unknown>} [preferences] of Firefox
 * @property {string} [program] in the place of Chromium's
 * @property {Record<string, string>} [environment] of the browser and so of its host, besides the usual
 */

export class Browser {
  /** @type {import('puppeteer-core').Browser} */
  puppeteer;

  /**
   * @param {string} name 'chromium' or 'firefox'
   * @param {Options} [options]
   */
  static async open(name, options = {}) {
    const browser = new Browser(name, options.language);
    Object.assign(browser.environment, options.environment);
    if (options.settable) browser.program = SETTABLE_HOST;
    for (const key of options.keys ?? []) browser.addKeyFile(key.file, key.password);
    if (!installed && (options.registered ?? true)) browser.register();
    await browser.#start(options).catch(async (error) => {
      await browser.puppeteer?.close();
      throw error;
    });
    return browser;
  }

  /** @param {Options} options */
  async #start(options) {
    this.puppeteer = await (this.name === 'chromium' ? this.#chromium(options) : this.#firefox(options));
    const hasExtension = installed || (options.extension ?? true);
    if (installed) await this.#extensionIsThere();
    else if (hasExtension) await this.puppeteer.installExtension(extension(this.name));
    if (hasExtension) {
      const { page } = await this.opened(FIRST_RUN);
      if (!options.firstRun) await page.close();
    }
    if (options.inPrivateWindows) await allowInPrivateWindows(this.puppeteer, this.extensionUrl(''));
  }

  /** Waits until the browser has installed it by itself. */
  async #extensionIsThere() {
    const address = this.extensionUrl('icons/tamga.svg');
    await until('the browser has the extension', async () => {
      // A page that showed that there is no such address stays so in Chromium.
      const page = await this.puppeteer.newPage();
      const isThere = await page.goto(address, { waitUntil: [], timeout: 2_000 })
        .then(() => until('it is loaded', () => page.evaluate(() => document.documentElement.localName === 'svg'), 500))
        .catch(() => false); // there is no such file yet
      await page.close();
      return isThere;
    }, 60_000);
  }

  /**
   * Ends the browser and starts it again with the same profile.
   *
   * @param {Options} options as for `open`
   */
  async restart(options) {
    await this.#end();
    await this.#start(options);
  }

  /**
   * Use `open`.
   *
   * @param {string} name
   * @param {string} [language]
   */
  constructor(name, language = 'en') {
    this.name = name;
    /** The host that it starts. */
    this.program = HOST;
    this.home = mkdtempSync(path.join(tmpdir(), 'tamga-'));
    this.profile = path.join(this.home, 'profile');
    this.environment = {
      ...process.env,
      HOME: this.home,
      XDG_CONFIG_HOME: path.join(this.home, '.config'),
      XDG_CACHE_HOME: path.join(this.home, '.cache'),
      TAMGA_HOME: withOnlyModules(path.join(this.home, 'tamga')),
      LANGUAGE: language,
    };
    process.once('exit', () => this.#clean());
  }

  /** @param {Options} options */
  #chromium({ visible, dark, language = 'en', program = BROWSER_PROGRAMS.chromium }) {
    return puppeteer.launch({
      ...LAUNCH,
      executablePath: program,
      headless: !visible,
      pipe: true,
      enableExtensions: true,
      // They keep it from installing what a policy wants.
      ignoreDefaultArgs: installed && ['--disable-background-networking', '--disable-component-update', '--disable-default-apps'],
      userDataDir: this.profile,
      env: this.environment,
      args: [
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        `--host-resolver-rules=MAP ${FOREIGN_NAME} 127.0.0.1`,
        `--lang=${language}`,
        `--accept-lang=${language}`,
        ...(dark ? ['--force-dark-mode'] : []),
      ],
    });
  }

  /** @param {Options} options */
  #firefox({ visible, dark, language = 'en', preferences }) {
    mkdirSync(this.profile, { recursive: true });
    return puppeteer.launch({
      ...LAUNCH,
      browser: 'firefox',
      executablePath: BROWSER_PROGRAMS.firefox,
      headless: !visible,
      userDataDir: this.profile,
      env: this.environment,
      // Without it the extension's own pages are out of reach.
      args: ['--remote-allow-system-access'],
      extraPrefsFirefox: {
        'extensions.webextensions.uuids': JSON.stringify({ [manifest().browser_specific_settings.gecko.id]: FIREFOX_UUID }),
        'network.dns.localDomains': FOREIGN_NAME,
        'intl.accept_languages': language,
        'ui.systemUsesDarkTheme': dark ? 1 : 0,
        'layout.css.prefers-color-scheme.content-override': dark ? 0 : 1,
        // It is installed for as long as the browser runs; what it stores stays, as it does where it is installed for good.
        'extensions.webextensions.keepStorageOnUninstall': true,
        'extensions.webextensions.keepUuidOnUninstall': true,
        ...preferences,
      },
    });
  }

  async close() {
    await this.#end();
    this.#clean();
  }

  /** A browser that does not want to end is ended. */
  async #end() {
    const patience = setTimeout(() => this.puppeteer.process()?.kill('SIGKILL'), 10_000);
    await this.puppeteer.close();
    clearTimeout(patience);
  }

  #clean() {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /** Makes the host known to this profile. */
  register() {
    this.#host('register', '--profile', this.name === 'firefox' ? this.home : this.profile, '--browser', this.name);
  }

  /** @param {string} file @param {string} [password] */
  addKeyFile(file, password = '') {
    if (file.endsWith('.000')) return void this.#host('folder', 'add', file);
    this.#host('add', file, '--password-stdin', { input: `${password}\n` });
  }

  /**
   * What the host says of a detached signature with one signer: null, or why it is not valid.
   *
   * @param {Buffer} signature
   * @param {Buffer} content
   * @returns {string | null}
   */
  verify(signature, content) {
    const [signed, document] = ['verified.p7s', 'verified'].map((name) => path.join(this.home, name));
    writeFileSync(signed, signature);
    writeFileSync(document, content);
    const { stdout } = spawnSync(HOST, ['verify', signed, '--content', document, '--signature-only', '--json'], { env: this.environment, encoding: 'utf8' });
    const signers = JSON.parse(stdout).signatures.flatMap((/** @type {any} */ it) => it.signers);
    if (signers.length !== 1) throw new Error(`There are ${signers.length} signers`);
    return signers[0].signature.failure ?? null;
  }

  /** @param {any[]} words arguments, perhaps with options of execFileSync at the end */
  #host(...words) {
    const options = typeof words.at(-1) === 'object' ? words.pop() : {};
    return execFileSync(this.program, words, { env: this.environment, encoding: 'utf8', ...options });
  }

  /**
   * A new tab with a page of a site, which the person has touched.
   *
   * @param {string} url
   */
  async page(url) {
    const page = await this.puppeteer.newPage();
    await page.goto(url);
    // A tab that came up while a window was closing may be behind it: what is not drawn takes no click, and says nothing of it.
    await page.bringToFront();
    // As every page was before it asks for a signature: in its corner, where nothing is to be pressed.
    await page.mouse.click(1, 1);
    return page;
  }

  /**
   * A page of the extension in a tab, such as `popup/popup.html`.
   *
   * @param {string} file
   */
  async extensionPage(file) {
    const page = await this.puppeteer.newPage();
    // Firefox reports no load event of extension pages.
    await page.goto(this.extensionUrl(file), { waitUntil: this.name === 'chromium' ? 'load' : [] });
    await until('the page is loaded', () => page.evaluate((address) => location.href === address && document.readyState === 'complete', this.extensionUrl(file)));
    return new Screen(page);
  }

  /** @param {string} file */
  extensionUrl(file) {
    if (this.name === 'firefox') return `moz-extension://${FIREFOX_UUID}/${file}`;
    if (installed) return `chrome-extension://${process.env.TAMGA_EXTENSION_ID}/${file}`;
    // Chromium's id: the first half of the key's SHA-256, each hex digit as a letter from a to p.
    const digest = createHash('sha256').update(Buffer.from(manifest().key, 'base64')).digest('hex');
    const id = [...digest.slice(0, 32)].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
    return `chrome-extension://${id}/${file}`;
  }

  /**
   * The sign window, once it is there.
   *
   * @param {(address: string) => boolean} [belongs] which one, if there are several
   */
  async signWindow(belongs = () => true) {
    // One that was used before may be about to close: it is taken only if it stays.
    const stays = Date.now() + 2_000;
    const isNew = (/** @type {SignWindow} */ { page }) => !this.#used.has(page) || Date.now() > stays;
    const window = await until('a sign window opens', async () => (await this.signWindows(belongs)).find(isNew), 20_000);
    this.#used.add(window.page);
    return window;
  }

  /** The pages of the sign windows that were given out. @type {WeakSet<import('puppeteer-core').Page>} */
  #used = new WeakSet();

  /** @param {(address: string) => boolean} [belongs] */
  async signWindows(belongs = () => true) {
    return (await this.#pages('sign/sign.html', belongs)).map((page) => new SignWindow(page));
  }

  /** The options, once something has opened them. */
  optionsPage() {
    return this.opened('options/options.html');
  }

  /** A page of the extension, once something has opened it. @param {string} file */
  opened(file) {
    return until(`${file} opens`, async () => (await this.#pages(file)).map((page) => new Screen(page))[0]);
  }

  /**
   * @param {string} file of the extension
   * @param {(address: string) => boolean} [belongs]
   */
  async #pages(file, belongs = () => true) {
    const start = this.extensionUrl(file);
    const pages = [];
    for (const page of await this.puppeteer.pages()) {
      // Firefox's driver says about:blank for pages of extensions, so they are asked themselves.
      const address = await page.evaluate(() => location.href).catch(() => '');
      if (address.startsWith(start) && belongs(address)) pages.push(page);
    }
    return pages;
  }

  /** Waits until every sign window is closed. */
  async noSignWindow() {
    await until('the sign window closes', async () => (await this.signWindows()).length === 0);
  }

  /** Ends the extension's worker as the browser does when it needs memory. Chromium only. */
  async killWorker() {
    const target = await this.puppeteer.waitForTarget((target) => target.type() === 'service_worker');
    await (await target.worker())?.close();
  }

  /** The process ids of the hosts that this browser has started. */
  hosts() {
    const browser = this.puppeteer.process()?.pid;
    return readdirSync('/proc').filter((entry) => {
      try {
        // Of a host nobody may read more: it is not dumpable.
        const [program] = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0');
        return program === this.program && readFileSync(`/proc/${entry}/status`, 'utf8').includes(`\nPPid:\t${browser}\n`);
      } catch {
        return false; // no process, or ended in the meantime
      }
    }).map(Number);
  }
}

/**
 * A host's own folder in which the person has named these PKCS#11 modules, and no others of this computer are used.
 *
 * @param {string} folder
 * @param {...string} modules
 */
export function withOnlyModules(folder, ...modules) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'modules.only'), '');
  writeFileSync(path.join(folder, 'modules.json'), JSON.stringify(modules));
  return folder;
}

/** The manifest of the extension as it was built. */
export function manifest() {
  return JSON.parse(readFileSync(path.join(extension('chromium'), 'manifest.json'), 'utf8'));
}
