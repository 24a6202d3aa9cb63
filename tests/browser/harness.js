/** What every browser test begins with: both browsers, a site to visit and people with keys. */
import { after, afterEach, before, describe, it as test } from 'node:test';
import { Browser, BROWSERS } from './driver.js';
import { People } from './people.js';
import { Site } from './site.js';
import { until } from './until.js';

/** Longer than anything here takes, on the slowest machine: what takes longer hangs. */
const PATIENCE = 180_000;

/**
 * A test that ends, one way or the other.
 *
 * @param {string} title
 * @param {() => Promise<void>} body
 */
export function it(title, body) {
  test(title, { timeout: PATIENCE }, body);
}

/**
 * The same tests in every browser.
 *
 * @param {string} title
 * @param {string[]} keyed people whose key files the host has
 * @param {(world: World) => void} tests
 * @param {import('./driver.js').Options & {more?: number, prepare?: (people: People) => Promise<Record<string, string>>}} [options]
 *   `more`: so many further people with keys; `prepare`: as in `World.open`
 */
export function inBrowsers(title, keyed, tests, options) {
  for (const name of BROWSERS) {
    describe(`${title} (${name})`, () => {
      const world = new World(name);
      before(() => world.open(keyed, options));
      afterEach(() => world.tidy());
      after(() => world.close());
      tests(world);
    });
  }
}

/** A browser, the sites and the people of one group of tests. */
export class World {
  /** @type {Browser} */
  browser;
  /** @type {Site} */
  site;
  /** @type {People} */
  people;
  /** A page of the extension, to look into its storage. @type {import('./screen.js').Screen} */
  settings;

  /** @param {string} name of the browser */
  constructor(name) {
    this.name = name;
  }

  /**
   * @param {string[]} keyed
   * @param {import('./driver.js').Options & {more?: number, prepare?: (people: People) => Promise<Record<string, string>>}} [options]
   *   `prepare` comes before the browser, and gives what its host has in its environment besides
   */
  async open(keyed, { more = 0, prepare, ...options } = {}) {
    this.people = new People(more);
    const environment = await prepare?.(this.people);
    const further = Array.from({ length: more }, (_, index) => `more-${String(index + 1).padStart(3, '0')}`);
    this.site = await Site.open();
    this.#options = { keys: this.people.keys(...keyed, ...further), environment, ...options };
    this.browser = await Browser.open(this.name, this.#options);
    await this.#opened();
  }

  /** The browser is ended and started again, as when the person comes back the next day. */
  async restart() {
    await this.browser.restart(this.#options);
    await this.#opened();
  }

  async #opened() {
    this.settings = await this.browser.extensionPage('popup/popup.html');
    // The popup has a host of its own, or finds none.
    if (this.#options.registered ?? true) this.#others = await until('the popup has a host', () => this.hosts().length && this.hosts());
  }

  /** @type {number[]} */
  #others = [];
  /** @type {import('./driver.js').Options} */
  #options = {};

  /** The process ids of the hosts that work for sign windows. */
  hosts() {
    return this.browser.hosts().filter((host) => !this.#others.includes(host));
  }

  /** A tab with an empty page of the site, whose `window.tamga` is the extension's. */
  page(origin = this.site.origin) {
    return this.browser.page(`${origin}/blank`);
  }

  /** Forgets grants, denials and the last certificate, and closes all tabs but one. */
  async tidy() {
    for (const page of await this.browser.puppeteer.pages()) {
      if (page !== this.settings.page) await page.close().catch(() => {});
    }
    await this.settings.page.evaluate(async () => {
      const { local, session } = (globalThis.browser ?? chrome).storage;
      await local.clear();
      await session.remove('sessionGrants');
    });
  }

  /** The decision that a site may sign, until it is revoked. */
  always(origin = this.site.origin) {
    return { origin, scope: 'sign', decision: 'always', since: Date.now(), until: Date.now() + 1e9 };
  }

  /** @param {...object} grants decisions the person has taken before */
  async grant(...grants) {
    await this.settings.page.evaluate((grants) => (globalThis.browser ?? chrome).storage.local.set({ grants }), grants);
  }

  /** The decisions that are stored: those that last, and those that end with the browser. */
  grants() {
    return this.settings.page.evaluate(async () => {
      const { local, session } = (globalThis.browser ?? chrome).storage;
      const [{ grants = [] }, { sessionGrants = [] }] = await Promise.all([local.get('grants'), session.get('sessionGrants')]);
      return [.../** @type {any[]} */ (grants), .../** @type {any[]} */ (sessionGrants)];
    });
  }

  /** The browser ends the extension's worker: Chromium when it is told to, Firefox when it has nothing to do (see `preferences`). */
  async workerDies() {
    if (this.name === 'chromium') return this.browser.killWorker();
    await until('Firefox ends the event page', () => this.settings.page.evaluate(
      () => browser.extension.getViews().every((view) => !view.location.pathname.includes('background')),
    ));
  }

  async close() {
    await this.browser?.close();
    this.site?.close();
  }
}
