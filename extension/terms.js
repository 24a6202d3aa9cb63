/**
 * Until when each certificate signs, stored, so that it is known without a host too.
 *
 * @typedef {import('./expiry.js').Terms} Terms
 * @typedef {import('./types/Reminder').Reminder} Reminder
 */
import { browser } from './browser.js';
import { clockDoubt } from './clock.js';
import { open, quieted, remember } from './expiry.js';
import { hiddenCertificates } from './hidden.js';

/** The name under which they are stored. */
export const TERMS = 'terms';

/**
 * Changes what is stored, one after the other.
 *
 * @param {(terms: Terms) => Terms} change
 */
export function changeTerms(change) {
  return navigator.locks.request(TERMS, async () => {
    const before = await storedTerms();
    const after = change(before);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    if (Object.keys(after).length === 0) await browser.storage.local.remove(TERMS);
    else await browser.storage.local.set({ [TERMS]: after });
  });
}

/**
 * The host has listed all its keys. Of private windows nothing is kept.
 *
 * @param {import('./types/Listing').Listing['keys']} keys
 */
export async function rememberTerms(keys) {
  if (!browser.extension.inIncognitoContext) await changeTerms((terms) => remember(terms, keys, Date.now()));
}

/** What the person is shown now: nothing by a clock that is wrong. @returns {Promise<Reminder[]>} */
export async function reminders() {
  if (await clockDoubt()) return [];
  const [terms, hidden] = await Promise.all([storedTerms(), hiddenCertificates()]);
  return open(terms, hidden, Date.now());
}

/**
 * The person wants to hear of one later, or never.
 *
 * @param {string} id
 * @param {import('./types/Again').Again} again
 */
export function quiet(id, again) {
  return changeTerms((terms) => quieted(terms, id, again, Date.now()));
}

/** @returns {Promise<Terms>} */
async function storedTerms() {
  const { [TERMS]: terms } = await browser.storage.local.get({ [TERMS]: {} });
  return /** @type {Terms} */ (terms);
}
