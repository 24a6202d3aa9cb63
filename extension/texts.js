/** The catalogue of texts in the person's language, for pages and for the worker. */
import { browser } from './browser.js';
import { managed } from './managed.js';
import { setting } from './settings.js';

const LANGUAGES = ['ru', 'kk', 'en'];

/** The language that the administrator or the person chose, or else the browser's. */
export async function language() {
  const [{ language: fixed }, chosen] = await Promise.all([managed(), setting('language')]);
  return known(fixed ?? chosen ?? browsersLanguage());
}

/** The browser's language, if Tamga speaks it. */
export function browsersLanguage() {
  return known(browser.i18n.getUILanguage().split('-')[0]);
}

/** @param {string} language */
export async function fetchCatalogue(language) {
  const answer = await fetch(browser.runtime.getURL(`_locales/${language}/messages.json`));
  return answer.text();
}

/** @param {string} language */
function known(language) {
  return LANGUAGES.includes(language) ? language : 'en';
}
