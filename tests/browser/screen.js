/** A page of the extension as a person meets it: things have a role and a name. */
import { readFileSync } from 'node:fs';
import { until } from './until.js';

export class Screen {
  /** @param {import('puppeteer-core').Page} page */
  constructor(page) {
    this.page = page;
  }

  /**
   * The first thing of this role and name, once it is there.
   *
   * @param {string} role
   * @param {string} name
   */
  find(role, name) {
    return this.#until(`there is a ${role} “${name}”`, () => this.has(role, name));
  }

  /**
   * @param {string} role a field for a password has none in HTML-AAM: Firefox says so, Chromium calls it a textbox
   * @param {string} [name]
   */
  has(role, name) {
    const attributes = (role === 'password' ? '' : `[role="${role}"]`) + (name === undefined ? '' : `[name="${name}"]`);
    return this.page.$(`::-p-aria(${attributes})`).catch(() => null);
  }

  /**
   * @param {string} role
   * @param {string} name
   */
  async click(role, name) {
    await this.find(role, name);
    await this.pressUntilTaken(`“${name}”`, () => this.has(role, name));
  }

  /**
   * Presses a thing until the press has arrived: what is drawn anew or moves at that moment, or takes no yes yet, is pressed
   * again, as a person does.
   *
   * @param {string} what
   * @param {() => Promise<import('puppeteer-core').ElementHandle | null>} find
   */
  async pressUntilTaken(what, find) {
    await this.#until(`${what} takes a press`, async () => {
      // In the moment in which a window comes to the front it takes no yes.
      if (!(await this.page.evaluate(() => document.hasFocus()))) {
        await this.page.bringToFront();
        await until('the window has the focus', () => this.page.evaluate(() => document.hasFocus()), 2_000).catch(() => {});
      }
      const element = await find();
      return element !== null && this.#takes(element);
    });
  }

  /**
   * Types into a field, in place of what is in it; again if it was drawn anew meanwhile.
   *
   * @param {() => Promise<import('puppeteer-core').ElementHandle | null>} find
   * @param {string} text
   */
  async fill(find, text) {
    const value = (/** @type {any} */ field) => field.value;
    await this.#until('the field has what was typed', async () => {
      const field = await find();
      if (field === null || !(await this.#takes(field))) return false;
      await field.click({ count: 3 });
      await (text === '' ? field.press('Delete') : field.type(text));
      const again = await find();
      return again !== null && (await again.evaluate(value)) === text;
    });
  }

  /**
   * Whether a press of the element arrived there.
   *
   * @param {import('puppeteer-core').ElementHandle} element
   */
  async #takes(element) {
    const isDisabled = await element.evaluate((element) => {
      Object.assign(element, { isPressed: false });
      element.addEventListener('click', () => Object.assign(element, { isPressed: true }), { capture: true, once: true });
      return /** @type {any} */ (element).disabled === true;
    });
    if (isDisabled) return false;
    try {
      await element.click();
    } catch (error) {
      // What closes the window may close it before the browser says that it was done; what was drawn anew is looked for again.
      if (await this.isClosed()) return true;
      if (/detached|not clickable|stale|no such node/i.test(String(error))) return false;
      throw error;
    }
    // Firefox's driver may say that it pressed before the page has heard of it. What cannot be asked any more was closed by it.
    const isPressed = () => element.evaluate((element) => /** @type {any} */ (element).isPressed).catch(() => true);
    return until('the press arrives', isPressed, 500).catch(() => false);
  }

  /** @param {string} name of the button */
  press(name) {
    return this.click('button', name);
  }

  /** @param {import('puppeteer-core').KeyInput} key */
  key(key) {
    return this.#closing(this.page.keyboard.press(key));
  }

  /**
   * What closes the window may close it before the browser says that it was done.
   *
   * @param {Promise<void>} doing
   */
  async #closing(doing) {
    try {
      await doing;
    } catch (error) {
      if (!(await this.isClosed())) throw error;
    }
  }

  /** Everything that can be read on it. */
  text() {
    return this.page.evaluate(() => document.body.innerText).catch(() => '');
  }

  /** @param {string} words */
  reads(words) {
    return this.#until(`the screen says “${words}”`, async () => (await this.text()).includes(words));
  }

  /**
   * @template T
   * @param {string} what
   * @param {() => T | Promise<T>} ask
   */
  #until(what, ask) {
    return until(what, ask).catch(async (error) => {
      throw new Error(`${error.message}; the screen says:\n${await this.text()}`);
    });
  }

  async isClosed() {
    return this.page.isClosed() || this.page.evaluate(() => false).catch(() => true);
  }

  closed() {
    return until('the window closes', () => this.isClosed());
  }
}

/**
 * The extension's words, as the catalogue has them.
 *
 * @param {string} key
 * @param {Record<string, string>} [values] for the placeholders
 */
export function words(key, values = {}, language = 'en') {
  const entry = catalogue(language)[key];
  if (!entry) throw new Error(`The catalogue has no “${key}”`);
  return entry.message.replace(/\$(\w+)\$/g, (_, /** @type {string} */ name) => values[name.toLowerCase()] ?? '');
}

/**
 * The words for so many things: `Catalogue::counted` in wasm-core/src/text.rs.
 *
 * @param {string} key
 * @param {number} count
 */
export function counted(key, count, language = 'en') {
  const forms = words(key, { count: `${count}` }, language).split('|');
  const form = { kk: 0, en: count === 1 ? 0 : 1, ru: { one: 0, few: 1 }[new Intl.PluralRules('ru').select(count)] ?? 2 }[language];
  return forms[form ?? 0];
}

/**
 * The name of a button of one document, for those who only hear it.
 *
 * @param {string} key of the button
 * @param {string} name of the document
 */
export function ofDocument(key, name) {
  return words('action_of', { action: words(key), name });
}

/** @param {string} language */
export function catalogue(language) {
  return JSON.parse(readFileSync(new URL(`../../extension/_locales/${language}/messages.json`, import.meta.url), 'utf8'));
}
