/**
 * What every page with a screen waits for: the host, the core, the texts. Its own page loads this before everything
 * else, so that they are on their way while the other scripts are; the less it imports, the sooner.
 */
import { browser, startHost } from './browser.js';
import { setting } from './settings.js';

const LANGUAGES = ['ru', 'kk', 'en'];

/** The host, being started. */
export const started = startHost();
/** The core, compiled. */
export const core = WebAssembly.compileStreaming(fetch(browser.runtime.getURL('wasm/tamga_screens_bg.wasm')));
/** The texts in the language that the person chose, or else the browser's. */
export const catalogue = loadCatalogue();

async function loadCatalogue() {
  const usual = known(browser.i18n.getUILanguage().split('-')[0]);
  // Under way while it is looked up whether the person chose another.
  const expected = fetchCatalogue(usual);
  const chosen = await setting('language');
  const language = chosen === null ? usual : known(chosen);
  document.documentElement.lang = language;
  return language === usual ? expected : fetchCatalogue(language);
}

/** @param {string} language */
function known(language) {
  return LANGUAGES.includes(language) ? language : 'en';
}

/** @param {string} language */
async function fetchCatalogue(language) {
  const answer = await fetch(browser.runtime.getURL(`_locales/${language}/messages.json`));
  return answer.text();
}
