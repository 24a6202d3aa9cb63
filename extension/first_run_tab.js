/** The page that leads through the first steps, in a tab of its own. */
import { browser } from './browser.js';
import { managed } from './managed.js';

/** Opens it. */
export async function openFirstRun() {
  await browser.tabs.create({ url: browser.runtime.getURL('first_run/first_run.html') });
}

/**
 * Opens it unasked, once: the extension was installed just now, not updated. Not where the administrator will not have it.
 *
 * @param {{reason: `${chrome.runtime.OnInstalledReason}`}} details
 */
export async function openAfterInstallation({ reason }) {
  if (reason === 'install' && (await managed()).firstRunPage) await openFirstRun();
}
