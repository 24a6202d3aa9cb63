/** What the person has set, or the administrator for them. */
import { browser } from './browser.js';
import { managed } from './managed.js';

/**
 * A stored setting, or null.
 *
 * @param {string} name
 * @returns {Promise<string | null>}
 */
export async function setting(name) {
  const { [name]: value } = await browser.storage.local.get(name);
  return typeof value === 'string' ? value : null;
}

/**
 * Where passwords and PINs are typed: as the administrator has it, or else the person.
 *
 * @returns {Promise<import('./types/PinEntrySetting').PinEntrySetting>}
 */
export async function pinEntry() {
  const { pinEntry: fixed } = await managed();
  return { system: (fixed ?? (await setting('pinEntry'))) === 'system', fixed: fixed !== null };
}
