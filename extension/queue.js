/**
 * The order in which the worker does things: one after the other, and for each tab one request at a time.
 *
 * @typedef {import('./types/ErrorCode').ErrorCode} ErrorCode
 * @typedef {{type: 'refused', failure: {code: ErrorCode}}} Refused
 */

let last = Promise.resolve();
/** @type {Set<number>} the tabs that have a request under way */
const busyTabs = new Set();

/**
 * Does work after all work before it has ended: each reads what the one before wrote about the open windows. No work may
 * wait for a page, which need not ever answer.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | Refused>}
 */
export function inOrder(work) {
  const done = last.then(work).catch(() => refused('INTERNAL'));
  last = done.then(() => {});
  return done;
}

/**
 * Does work for a tab, unless some is under way for it: so a tab of another site waits for one request of each tab,
 * however many a page makes.
 *
 * @template T
 * @param {number} tab
 * @param {() => Promise<T>} work
 * @returns {Promise<T | Refused>}
 */
export async function onePerTab(tab, work) {
  if (busyTabs.has(tab)) return refused('BUSY');
  busyTabs.add(tab);
  return work().finally(() => busyTabs.delete(tab));
}

/**
 * @param {ErrorCode} code
 * @returns {Refused}
 */
export function refused(code) {
  return { type: 'refused', failure: { code } };
}
