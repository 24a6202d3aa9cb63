/**
 * What the worker knows until the browser ends, by name. Chromium has a worker of its own for private windows and one
 * storage for both workers; each has its own names there.
 */
import { browser } from './browser.js';

/**
 * @template T
 * @param {string} name
 * @param {T} empty what is stored at first
 * @returns {Promise<T>}
 */
export async function load(name, empty) {
  const { [key(name)]: value } = await browser.storage.session.get({ [key(name)]: empty });
  return /** @type {T} */ (value);
}

/**
 * @param {string} name
 * @param {unknown} value
 */
export function save(name, value) {
  return browser.storage.session.set({ [key(name)]: value });
}

/** @param {string} name */
function key(name) {
  return browser.extension.inIncognitoContext ? `${name} (private)` : name;
}
