/**
 * Where the person's decisions about sites are stored. Rust changes them (`wasm-core/src/policy.rs`).
 *
 * Decisions of private windows are kept in memory, apart from all others, as long as one of those windows is open.
 *
 * @typedef {import('./types/Grant').Grant} Grant
 * @typedef {import('./types/Refusal').Refusal} Refusal
 * @typedef {{grants?: Grant[], sessionGrants?: Grant[], refusals?: Refusal[]}} Decisions `sessionGrants` end with the browser
 * @typedef {{decisions: Decisions, windows: number[]}} PrivateDecisions `windows`: that were open when they were stored
 */
import { browser } from './browser.js';

const LASTING = ['grants', 'refusals'];
const OF_SESSION = 'sessionGrants';
const OF_PRIVATE_WINDOWS = 'privateDecisions';

/**
 * @param {boolean} isPrivate whether of private windows
 * @returns {Promise<Decisions>}
 */
export async function readDecisions(isPrivate) {
  if (isPrivate) return readPrivate();
  const [lasting, ofSession] = await Promise.all([browser.storage.local.get(LASTING), browser.storage.session.get(OF_SESSION)]);
  const { grants, refusals } = /** @type {Decisions} */ (lasting);
  return { grants, refusals, sessionGrants: /** @type {Decisions} */ (ofSession).sessionGrants };
}

/**
 * @param {Decisions} decisions all of them
 * @param {boolean} isPrivate
 */
export async function writeDecisions({ sessionGrants, ...lasting }, isPrivate) {
  if (isPrivate) return browser.storage.session.set({ [OF_PRIVATE_WINDOWS]: { decisions: lasting, windows: await privateWindows() } });
  // Both at once: the window may be closed the next moment, and what was asked of the browser by then is done.
  await Promise.all([browser.storage.local.set(lasting), browser.storage.session.set({ [OF_SESSION]: sessionGrants })]);
}

/** Forgets those that end with the browser or with its private windows. */
export async function forgetDecisions() {
  await browser.storage.session.remove([OF_SESSION, OF_PRIVATE_WINDOWS]);
}

/** @returns {Promise<Decisions>} */
async function readPrivate() {
  const { [OF_PRIVATE_WINDOWS]: stored } = await browser.storage.session.get({ [OF_PRIVATE_WINDOWS]: { decisions: {}, windows: [] } });
  const { decisions, windows } = /** @type {PrivateDecisions} */ (stored);
  const open = await privateWindows();
  return windows.some((window) => open.includes(window)) ? decisions : {};
}

async function privateWindows() {
  const windows = await browser.windows.getAll();
  return windows.filter(({ incognito }) => incognito).map(({ id }) => /** @type {number} */ (id));
}
