/**
 * What the pages with screens have in common: the screen drawn by WASM, the stored decisions.
 *
 * A page is a carrier: it carries out the screen's effects and reports events, and decides nothing.
 *
 * @typedef {import('./types/Change').Change} Change
 */
import * as ahead from './preload.js';
import { browser } from './browser.js';
import { readDecisions, writeDecisions } from './decisions.js';
import { asFailure } from './failure.js';
import { HostClient } from './host_client.js';
import { dropForeignKeys } from './keys.js';
import init, * as core from './wasm/tamga_screens.js';

/** Under this name the options find which token they were opened for; it is gone with the browser. */
const WANTED_TOKEN = 'wantedToken';
/** Whether this page is in a private window: nothing is stored then that outlives the window. */
export const isPrivate = browser.extension.inIncognitoContext;
/** The page's host, asked for its certificates. */
export const host = new HostClient(ahead.started);
const ready = Promise.all([ahead.catalogue, init({ module_or_path: ahead.core })]);

/**
 * Draws a screen.
 *
 * @template Effect
 * @template {{type: string}} ScreenEvent
 * @param {'SignWindow' | 'Popup' | 'Options'} name
 * @param {(effect: Effect, tell: (event: ScreenEvent) => void) => unknown} carryOut
 * @param {(error: unknown) => unknown} [failed] what becomes of an effect that could not be carried out; without it the
 *   screen says so
 * @returns {Promise<(event: ScreenEvent) => void>} takes events to the screen
 */
export async function show(name, carryOut, failed) {
  const [catalogue] = await ready;
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  /** @param {ScreenEvent} event */
  const tell = ({ type, ...fields }) => screen.event(JSON.stringify({ [type]: fields }));
  // Later: the screen's first effects come before its constructor returns.
  const carry = (/** @type {string} */ json) => void Promise.resolve()
    .then(() => carryOut(JSON.parse(json), tell))
    .catch(failed ?? ((error) => tell(hostFailed(error))));
  const screen = new core[name](root, catalogue, carry);
  dropForeignKeys();
  return tell;
}

/**
 * Does what no effect asked for; if it fails the screen says so.
 *
 * @template {{type: string}} ScreenEvent
 * @param {(event: ScreenEvent) => void} tell
 * @param {() => Promise<void>} work
 */
export function attempt(tell, work) {
  work().catch((error) => tell(hostFailed(error)));
}

/**
 * Every screen knows this event.
 *
 * @param {unknown} error
 * @returns {any}
 */
function hostFailed(error) {
  return { type: 'host-failed', failure: asFailure(error) };
}

/**
 * Where passwords and PINs are typed: as the administrator has it, or else the person.
 *
 * @returns {Promise<import('./types/PinEntrySetting').PinEntrySetting>}
 */
export async function pinEntry() {
  const fixed = await administrators('pinEntry');
  return { system: (fixed ?? (await ahead.setting('pinEntry'))) === 'system', fixed: fixed !== null };
}

/**
 * A setting of the administrator's, or null. Firefox refuses where there is none at all.
 *
 * @param {string} name
 * @returns {Promise<string | null>}
 */
async function administrators(name) {
  const { [name]: value } = await browser.storage.managed.get(name).catch(() => ({ [name]: null }));
  return typeof value === 'string' ? value : null;
}

/** The stored decisions, as JSON for the screens. */
export async function storedPolicy() {
  return JSON.stringify(await readDecisions(isPrivate));
}

/**
 * Changes the stored decisions, one window at a time.
 *
 * @param {Change} change
 * @returns {Promise<string>} what is stored now
 */
export async function decide(change) {
  underWay = change;
  const decided = await navigator.locks.request('grants', async () => {
    const decided = apply(change, await storedPolicy());
    await writeDecisions(JSON.parse(decided), isPrivate);
    return decided;
  });
  latest = decided;
  if (underWay === change) underWay = null;
  return decided;
}

/**
 * @param {Change} change
 * @param {string} policy what is stored
 * @returns {string} what is to be stored
 */
function apply(change, policy) {
  return core.decide(JSON.stringify({ policy, change, now: Date.now() }));
}

/** What was stored when this page last decided, and the change that is not stored yet. @type {string | null} */
let latest = null;
/** @type {Change | null} */
let underWay = null;
// A window that is closed before its decision is stored has no time to read what is stored: it goes by what it knows.
addEventListener('pagehide', () => {
  if (underWay && latest) writeDecisions(JSON.parse(apply(underWay, latest)), isPrivate);
});

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
