/** The page that says what keeps Tamga from working, in a tab of its own. */
import { browser } from './browser.js';

/** Opens it. */
export async function openDiagnosis() {
  await browser.tabs.create({ url: browser.runtime.getURL('diagnosis/diagnosis.html') });
}
