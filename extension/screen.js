/**
 * What the pages with screens have in common: the texts, the screen drawn by WASM, the host, the stored decisions.
 *
 * A page is a carrier: it carries out the screen's effects and reports news, and decides nothing.
 *
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {import('./types/Change').Change} Change
 * @typedef {import('./types/Command').Command} Command
 * @typedef {import('./types/Reply').Reply} Reply
 */
import { browser } from './browser.js';
import { Host } from './native.js';
import init, * as core from './wasm/tamga_core.js';

const LANGUAGES = ['ru', 'kk', 'en'];
/** Under these names decisions are stored; the router reads `doors`. */
const DECISIONS = ['grants', 'refusals'];
/** Under way before the page's own script has its turn: the texts, the WASM. */
const ready = Promise.all([loadCatalogue(), init()]);

/**
 * Draws a screen.
 *
 * @template Effect, News
 * @param {'SignWindow' | 'Popup' | 'Options'} name
 * @param {(effect: Effect, tell: (news: News) => void) => unknown} carryOut
 * @returns {Promise<(news: News) => void>} takes news to the screen
 */
export async function show(name, carryOut) {
  const [catalogue] = await ready;
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  /** @param {News} news */
  const tell = (news) => screen.event(JSON.stringify(news));
  // Later: the screen's first effects come before its constructor returns.
  const carry = (/** @type {string} */ json) => queueMicrotask(() => carryOut(JSON.parse(json), tell));
  const screen = new core[name](root, catalogue, carry);
  return tell;
}

/** The texts in the language that the person chose, or else the browser's. */
async function loadCatalogue() {
  const usual = known(browser.i18n.getUILanguage().split('-')[0]);
  // Under way while it is looked up whether the person chose another.
  const expected = catalogue(usual);
  const chosen = await setting('language');
  const language = chosen === null ? usual : known(chosen);
  document.documentElement.lang = language;
  return language === usual ? expected : catalogue(language);
}

/** @param {string} language */
function known(language) {
  return LANGUAGES.includes(language) ? language : 'en';
}

/** @param {string} language */
async function catalogue(language) {
  const answer = await fetch(browser.runtime.getURL(`_locales/${language}/messages.json`));
  return answer.text();
}

/**
 * A stored setting, or null.
 *
 * @param {string} name
 * @returns {Promise<string | null>}
 */
export async function setting(name) {
  const { [name]: value } = await browser.storage.local.get(name);
  return typeof value === 'string' ? value : null;
}

/** The stored decisions, as JSON for the screens. */
export async function storedPolicy() {
  return JSON.stringify(await browser.storage.local.get(DECISIONS));
}

/**
 * Changes the stored decisions, one window at a time.
 *
 * @param {Change} change
 * @returns {Promise<string>} what is stored now
 */
export function decide(change) {
  return navigator.locks.request('grants', async () => {
    const policy = await storedPolicy();
    const decided = core.decide(JSON.stringify({ policy, change, now: Date.now() }));
    await browser.storage.local.set(JSON.parse(decided));
    return decided;
  });
}

/**
 * The host as a page uses it: opened and asked for its certificates ahead, opened anew when the person asks; the old
 * one's last words are not heard.
 */
export class HostLine {
  /** @type {Promise<Host>} */
  #host = Host.open();
  /** @type {Promise<Reply> | null} the certificates, until the screen wants them */
  #ahead = this.#host.then(listCertificates);
  #used = false;

  constructor() {
    this.#ahead?.catch(() => {});
  }

  /**
   * Opens the host, the first time the one that is being opened already.
   *
   * @param {(news: {type: 'host-opened', version: string} | {type: 'host-failed', failure: Failure}) => void} tell
   */
  async open(tell) {
    if (this.#used) {
      this.#host.then((host) => host.close()).catch(() => {});
      this.#host = Host.open();
      this.#ahead = null;
    }
    this.#used = true;
    await this.ask(
      async (host) => {
        tell({ type: 'host-opened', version: host.version });
        const opened = this.#host;
        host.ended.then((failure) => opened === this.#host && tell({ type: 'host-failed', failure }));
      },
      (failure) => tell({ type: 'host-failed', failure }),
    );
  }

  /**
   * Lists the host's certificates.
   *
   * @param {(news: any) => void} tell
   */
  async list(tell) {
    await this.ask(
      async (host) => {
        const asked = this.#ahead ?? listCertificates(host);
        this.#ahead = null;
        const reply = await asked;
        if (reply.type === 'certificates') tell({ type: 'listed', keys: reply.keys, unreadable: reply.unreadable });
      },
      (failure) => tell({ type: 'host-failed', failure }),
    );
  }

  /**
   * Does something with the host, unless it has been replaced meanwhile.
   *
   * @param {(host: Host) => Promise<void>} work
   * @param {(failure: Failure) => void} failed
   */
  async ask(work, failed) {
    const asked = this.#host;
    try {
      await work(await asked);
    } catch (error) {
      if (asked === this.#host) failed(asFailure(error));
    }
  }
}

/** @param {Host} host */
function listCertificates(host) {
  return host.request({ type: 'list-certificates' });
}

/**
 * @param {unknown} error
 * @returns {Failure}
 */
export function asFailure(error) {
  const { code, subject } = /** @type {any} */ (error) ?? {};
  if (error instanceof Error || typeof code !== 'string') {
    console.error(error);
    return { code: 'INTERNAL' };
  }
  return /** @type {Failure} */ (subject === undefined ? { code } : { code, subject });
}

/**
 * @param {ArrayBuffer} buffer
 * @returns {string}
 */
export function toBase64(buffer) {
  const bytes = /** @type {Uint8Array & {toBase64?: () => string}} */ (new Uint8Array(buffer));
  return bytes.toBase64?.() ?? btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
