/**
 * What the worker and the sign window say to content scripts. A page that hangs does not answer, and need not: nobody waits
 * for it for long.
 *
 * @typedef {import('./types/ToContent').ToContent} ToContent
 * @typedef {import('./types/PageState').PageState} PageState
 */
import { browser } from './browser.js';
import { parsePageState } from './messages.js';

/** How long a page may take to answer, in milliseconds. */
const ANSWER_MS = 1_000;

/**
 * The page in a tab, or null where its content script does not answer in time.
 *
 * @param {number} tab
 * @returns {Promise<PageState | null>}
 */
export function askPage(tab) {
  const asked = send(tab, 0, { type: 'page' }).then(parsePageState);
  return Promise.race([asked, /** @type {Promise<null>} */ (new Promise((resolve) => setTimeout(resolve, ANSWER_MS, null)))]);
}

/**
 * Tells the page that its request came to nothing.
 *
 * @param {import('./sign_windows.js').PageRequest} request
 */
export async function tellClosed({ id, requester }) {
  await send(requester.tab, requester.frame, { type: 'window-closed', id });
}

/**
 * Asks the content script to open the port of a request.
 *
 * @param {number} tab
 * @param {number} frame
 * @param {string} id
 * @returns {Promise<boolean>} whether it has such a request
 */
export async function tellReady(tab, frame, id) {
  const reply = /** @type {import('./types/WindowKnown').WindowKnown | null} */ (await send(tab, frame, { type: 'window-ready', id }));
  return reply?.known === true;
}

/**
 * @param {number} tab
 * @param {number} frameId
 * @param {ToContent} message
 * @returns {Promise<unknown>} null where nobody is there to answer
 */
function send(tab, frameId, message) {
  return browser.tabs.sendMessage(tab, message, { frameId }).catch(() => null);
}
