/** The page on which signatures are checked, in a tab of its own. */
import { browser } from './browser.js';

/** Opens it. */
export async function openCheck() {
  await browser.tabs.create({ url: browser.runtime.getURL('check/check.html') });
}
