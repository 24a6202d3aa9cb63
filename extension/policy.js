/**
 * The person's decisions about sites, as the pages with screens read and change them.
 *
 * @typedef {import('./types/Change').Change} Change
 */
import { browser } from './browser.js';
import { readDecisions, writeDecisions } from './decisions.js';
import * as ahead from './preload.js';

/** Whether this page is in a private window: nothing is stored then that outlives the window. */
export const isPrivate = browser.extension.inIncognitoContext;

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
