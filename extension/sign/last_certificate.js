/**
 * Which certificate the person used last on each site. Private windows neither read nor write it.
 *
 * @typedef {[origin: string, certificate: string][]} LastCertificates the site that signed last comes last
 */
import { browser } from '../browser.js';

/** Under this name stands `LastCertificates`. */
const STORED = 'lastCertificates';
/** Of so many sites it is kept. */
const MAX_SITES = 200;

/**
 * @param {string} origin
 * @returns {Promise<string | null>} the certificate's id
 */
export async function lastCertificate(origin) {
  const found = (await stored()).find(([site]) => site === origin);
  return found?.[1] ?? null;
}

/**
 * @param {string} origin
 * @param {string} certificate its id
 */
export async function rememberCertificate(origin, certificate) {
  // Two windows may be through at the same moment.
  await navigator.locks.request(STORED, async () => {
    const others = (await stored()).filter(([site]) => site !== origin);
    others.push([origin, certificate]);
    await browser.storage.local.set({ [STORED]: others.slice(-MAX_SITES) });
  });
}

/** @returns {Promise<LastCertificates>} */
async function stored() {
  const { [STORED]: all } = await browser.storage.local.get({ [STORED]: [] });
  return /** @type {LastCertificates} */ (all);
}
