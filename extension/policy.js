/**
 * The person's decisions about sites, as the pages with screens read and change them.
 *
 * @typedef {import('./types/Change').Change} Change
 */
import { browser } from './browser.js';
import { readDecisions, writeDecisions } from './decisions.js';
import { managed } from './managed.js';
import * as ahead from './preload.js';

/** Whether this page is in a private window: nothing is stored then that outlives the window. */
export const isPrivate = browser.extension.inIncognitoContext;

/** The stored decisions and the administrator's, as JSON for the screens. */
export async function storedPolicy() {
  const [decisions, fixed] = await Promise.all([readDecisions(isPrivate), managed()]);
  return JSON.stringify({ ...decisions, managed: administrators(fixed) });
}

/**
 * What the administrator has decided about sites: `Managed` in wasm-core/src/policy/managed.rs.
 *
 * @param {import('./managed.js').Managed} managed
 */
function administrators({ allowedSites, contracts, grants }) {
  return { grants, allowedSites: contracts.tamga ? allowedSites : [] };
}

/**
 * Changes the stored decisions, one window at a time.
 *
 * @param {Change} change
 * @returns {Promise<string>} what holds now, as `storedPolicy` has it
 */
export async function decide(change) {
  underWay = change;
  const decided = await navigator.locks.request('grants', async () => {
    const before = await storedPolicy();
    const decided = JSON.parse(apply(change, before));
    await writeDecisions(decided, isPrivate);
    return JSON.stringify({ ...decided, managed: JSON.parse(before).managed });
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
  if (!core) throw new Error('nothing is decided before there is a screen');
  return core.decide(JSON.stringify({ policy, change, now: Date.now() }));
}

/** Here before the first screen is. @type {import('./preload.js').Core | undefined} */
let core;
ahead.core.then((loaded) => (core = loaded), () => {}); // the screen says that it could not be loaded

/** What was stored when this page last decided, and the change that is not stored yet. @type {string | null} */
let latest = null;
/** @type {Change | null} */
let underWay = null;
// A window that is closed before its decision is stored has no time to read what is stored: it goes by what it knows.
addEventListener('pagehide', () => {
  if (underWay && latest) writeDecisions(JSON.parse(apply(underWay, latest)), isPrivate);
});
