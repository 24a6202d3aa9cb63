/**
 * What every page with a screen waits for: the host, the core, the texts. Its own page loads this before everything
 * else, so that they are on their way while the other scripts are; the less it imports, the sooner.
 */
import { browser, startHost } from './browser.js';
import { browsersLanguage, fetchCatalogue, language } from './texts.js';

/** The host, being started. */
export const started = startHost();
/** The core, compiled. */
export const core = WebAssembly.compileStreaming(fetch(browser.runtime.getURL('wasm/tamga_screens_bg.wasm')));
/** The texts in the language that the person chose, or else the browser's. */
export const catalogue = loadCatalogue();

async function loadCatalogue() {
  const usual = browsersLanguage();
  // Under way while it is looked up whether the person chose another.
  const expected = fetchCatalogue(usual);
  const spoken = await language();
  document.documentElement.lang = spoken;
  return spoken === usual ? expected : fetchCatalogue(spoken);
}
