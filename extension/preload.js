/**
 * What every page with a screen waits for: the host, the core, the texts. Its own page loads this before everything
 * else, so that they are on their way while the other scripts are; the less it imports, the sooner.
 *
 * @typedef {typeof import('./wasm/tamga_windows.js') & typeof import('./wasm/tamga_pages.js')} Core a page asks only for
 *   the screens of its own module
 */
import { browser, startHost } from './browser.js';
import { browsersLanguage, fetchCatalogue, language } from './texts.js';

/** The host, being started. */
export const started = startHost();
/** The core's module that the page names. @type {Promise<Core>} */
export const core = loadCore();
/** The texts in the language that the person chose, or else the browser's. */
export const catalogue = loadCatalogue();

/** The core is two modules: one for what opens over a site, where a person waits for it, and one for the pages in tabs. */
async function loadCore() {
  const name = document.documentElement.dataset.core;
  const compiled = WebAssembly.compileStreaming(fetch(browser.runtime.getURL(`wasm/tamga_${name}_bg.wasm`)));
  const core = name === 'windows' ? await import('./wasm/tamga_windows.js') : await import('./wasm/tamga_pages.js');
  await core.default({ module_or_path: compiled });
  return /** @type {Core} */ (core);
}

async function loadCatalogue() {
  const usual = browsersLanguage();
  // Under way while it is looked up whether the person chose another.
  const expected = fetchCatalogue(usual);
  const spoken = await language();
  document.documentElement.lang = spoken;
  return spoken === usual ? expected : fetchCatalogue(spoken);
}
