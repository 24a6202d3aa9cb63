/**
 * Requests that wait behind the toolbar's icon: their pages were not touched by the person since they were loaded, or
 * were not in front. The icon carries their number; the popup opens them.
 *
 * @typedef {import('./sign_windows.js').PageRequest} PageRequest
 * @typedef {import('./types/WaitingRequest').WaitingRequest} WaitingRequest
 * @typedef {PageRequest & {until: number}} Waiting
 */
import { showBadge } from './badge.js';
import { browser } from './browser.js';
import { load, save } from './session_state.js';

const WAITING = 'waiting';
/** How long a request waits, in milliseconds; the page's content script ends it (`tamga.d.ts` says how long). */
export const WAIT_MS = 120_000;
/** The most that wait for one site (by the origin in the address bar), and in all. */
const MAX_OF_SITE = 2;
const MAX = 20;

/** @returns {Promise<Waiting[]>} */
async function current() {
  const waiting = await load(WAITING, /** @type {Waiting[]} */ ([]));
  return waiting.filter(({ until }) => until > Date.now());
}

/** @param {number} tab */
export async function hasWaiting(tab) {
  return (await current()).some(({ requester }) => requester.tab === tab);
}

/**
 * Has a request wait, if there is room.
 *
 * @param {PageRequest} request
 * @returns {Promise<boolean>}
 */
export async function addWaiting(request) {
  const waiting = await current();
  const site = topOrigin(request);
  if (waiting.length >= MAX || waiting.filter((other) => topOrigin(other) === site).length >= MAX_OF_SITE) return false;
  await store([...waiting, { ...request, until: Date.now() + WAIT_MS }]);
  return true;
}

/**
 * Removes requests that wait no more.
 *
 * @param {(request: Waiting) => boolean} matches
 * @returns {Promise<Waiting[]>} those that were there
 */
export async function removeWaiting(matches) {
  const waiting = await current();
  const removed = waiting.filter(matches);
  if (removed.length > 0) await store(waiting.filter((request) => !removed.includes(request)));
  return removed;
}

/** How many wait, those of private windows apart. */
export async function countWaiting() {
  return (await current()).filter(({ requester }) => !requester.isPrivate).length;
}

/**
 * What the popup shows.
 *
 * @param {boolean} isPrivate whether it is over a private window
 * @returns {Promise<WaitingRequest[]>}
 */
export async function listWaiting(isPrivate) {
  const all = await current();
  // Of a page that crashed nobody has said that it waits no more: the icon's number is put right.
  await store(all);
  const waiting = all.filter(({ requester }) => requester.isPrivate === isPrivate);
  return waiting.map(({ id, scope, requester: { origin, topOrigin } }) => ({ id, scope, site: { origin, ...(topOrigin && { topOrigin }) } }));
}

/** @param {Waiting[]} waiting */
async function store(waiting) {
  const before = await load(WAITING, /** @type {Waiting[]} */ ([]));
  await save(WAITING, waiting);
  await showNumber(before, waiting);
}

/**
 * Private requests are counted on their own tabs only: the icon is in every window.
 *
 * @param {Waiting[]} before
 * @param {Waiting[]} now
 */
async function showNumber(before, now) {
  const badge = (/** @type {Waiting[]} */ { length }) => (length > 0 ? `${length}` : '');
  await showBadge(now.filter(({ requester }) => !requester.isPrivate).length);
  const tabs = [...before, ...now].filter(({ requester }) => requester.isPrivate).map(({ requester }) => requester.tab);
  for (const tabId of new Set(tabs)) {
    const text = badge(now.filter(({ requester }) => requester.tab === tabId));
    await browser.action.setBadgeText({ tabId, text }).catch(() => {}); // it is closed
  }
}

/** @param {PageRequest} request */
function topOrigin({ requester: { origin, topOrigin } }) {
  return topOrigin ?? origin;
}
