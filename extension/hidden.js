/**
 * The certificates that the person does not want to see in lists, by their ids: nothing happens to the certificates and
 * their keys. It is kept here and not by the host, so that reminders know it when there is no host.
 */
import { browser } from './browser.js';

/** The name under which they are stored. */
export const HIDDEN = 'hiddenCertificates';
/** So many are kept, those that were hidden last. */
const MAX_HIDDEN = 1000;

/** @returns {Promise<string[]>} */
export async function hiddenCertificates() {
  const { [HIDDEN]: hidden } = await browser.storage.local.get({ [HIDDEN]: [] });
  return /** @type {string[]} */ (hidden);
}

/**
 * Hides a certificate, or no longer.
 *
 * @param {string} certificate its id
 * @param {boolean} isHidden
 */
export function hideCertificate(certificate, isHidden) {
  return navigator.locks.request(HIDDEN, async () => {
    const others = (await hiddenCertificates()).filter((id) => id !== certificate);
    const hidden = isHidden ? [...others, certificate].slice(-MAX_HIDDEN) : others;
    if (hidden.length === 0) await browser.storage.local.remove(HIDDEN);
    else await browser.storage.local.set({ [HIDDEN]: hidden });
  });
}

/**
 * Tells a screen whenever other certificates are hidden.
 *
 * @param {(event: {type: 'hidden', hidden: string[]}) => void} tell
 */
export function watchHidden(tell) {
  browser.storage.local.onChanged.addListener((changes) => {
    const change = changes[HIDDEN];
    if (change) tell({ type: 'hidden', hidden: /** @type {string[]} */ (change.newValue ?? []) });
  });
}
