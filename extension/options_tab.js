/** The options in their tab. */
import { browser } from './browser.js';

/** Under this name the options find which token they were opened for; it is gone with the browser. */
const WANTED_TOKEN = 'wantedToken';

/**
 * Opens the options in a tab, or comes back to it: at the token of this id, if there is one.
 *
 * @param {string | null} token
 */
export async function openOptions(token) {
  if (token !== null) await browser.storage.session.set({ [WANTED_TOKEN]: token });
  await browser.runtime.openOptionsPage();
}

/**
 * The token that the options were opened for, once.
 *
 * @returns {Promise<string | null>}
 */
export async function wantedToken() {
  const { [WANTED_TOKEN]: token } = await browser.storage.session.get(WANTED_TOKEN);
  if (typeof token !== 'string') return null;
  await browser.storage.session.remove(WANTED_TOKEN);
  return token;
}
