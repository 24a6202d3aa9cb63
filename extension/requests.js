/**
 * What becomes of a page's requests: a sign window, a place behind the icon, or a refusal.
 *
 * @typedef {import('./types/ContentToWorker').ContentToWorker} ContentToWorker
 * @typedef {import('./types/WorkerReply').WorkerReply} WorkerReply
 * @typedef {import('./sender_origin.js').Requester} Requester
 * @typedef {import('./sign_windows.js').PageRequest} PageRequest
 */
import { browser } from './browser.js';
import { UNDISCLOSED, status } from './host_status.js';
import { denied, mayAlwaysAsk, mayUse, refusedUntil } from './permission.js';
import { inOrder, refused } from './queue.js';
import { forgetTab, mustWait } from './rate_limits.js';
import { forgetWindow, isAsked, isBusy, isInFront, openSignWindow, placeOver, raiseWindow, settleWindows } from './sign_windows.js';
import { askPage, tellClosed } from './tab_messages.js';
import { WAIT_MS, addWaiting, hasWaiting, removeWaiting } from './waiting.js';

/** Of so many requests a tab can say at once that they are settled. */
const MAX_SETTLED = 100;

/**
 * Opens a sign window, or has the request wait behind the icon.
 *
 * @param {ContentToWorker & {type: 'open'}} command
 * @param {Requester} requester
 * @returns {Promise<WorkerReply>}
 */
export async function open({ id, scope, touched, gesture }, requester) {
  // Not in order with other work: a page may take its time to answer, or never do it.
  const mayOpen = await isTouched(requester, touched);
  return inOrder(() => openOrWait({ id, scope, requester }, mayOpen, gesture));
}

/**
 * @param {PageRequest} request
 * @param {boolean} touched
 * @param {boolean} gesture
 * @returns {Promise<WorkerReply>}
 */
async function openOrWait(request, touched, gesture) {
  const { scope, requester } = request;
  // Before the tab's last window, in which the person may be, makes room; and all at once, because they are waiting.
  const [inFront, place, waits, until] = await Promise.all([
    isInFront(requester.tab),
    placeOver(requester.tab),
    hasWaiting(requester.tab),
    refusedUntil(scope, requester, requester.isPrivate),
  ]);
  if (await isBusy(requester.tab, gesture)) return refused('BUSY');
  if (waits || (await mustWait(requester.tab))) return refused('BUSY');
  if (until > 0) {
    // While the question is on the screen the site counts as refused already, and the person shall see it, not miss it.
    return (await isAsked(scope, requester, gesture)) ? refused('BUSY') : { type: 'refused', failure: denied(until) };
  }
  if (touched && inFront) {
    await openSignWindow(request, place);
    return { type: 'opened' };
  }
  return (await addWaiting(request)) ? { type: 'waiting', milliseconds: WAIT_MS } : refused('NOT_ANSWERED');
}

/**
 * Whether the person has touched the page since it was loaded. For a frame of the page's own origin, or one that may
 * always ask, it is enough to have touched the page around it.
 *
 * @param {Requester} requester
 * @param {boolean} touched whether the frame that asks was
 * @returns {Promise<boolean>}
 */
async function isTouched(requester, touched) {
  if (touched || requester.frame === 0) return touched;
  if (requester.topOrigin !== null && !(await mayAlwaysAsk(requester, requester.isPrivate))) return false;
  return (await askPage(requester.tab))?.touched === true;
}

/**
 * How the host is, for pages that may know it.
 *
 * @param {Requester} requester
 * @param {boolean} touched whether the frame that asks was
 * @returns {Promise<WorkerReply>}
 */
export async function hostStatus(requester, touched) {
  const isKnown = async () => (await isTouched(requester, touched)) || (await mayAlwaysAsk(requester, requester.isPrivate));
  const mayKnow = (await mayUse(requester)) && (await isKnown());
  return { type: 'status', ...(mayKnow ? await status() : UNDISCLOSED) };
}

/**
 * Brings a request's window to the front.
 *
 * @param {string} id
 * @param {number} tab
 * @returns {Promise<WorkerReply>}
 */
export function raise(id, tab) {
  return inOrder(async () => {
    await raiseWindow(id, tab);
    return { type: 'done' };
  });
}

/** @type {Map<number, import('./sign_windows.js').Settled[]>} by tab, until the queue comes to it */
const settled = new Map();

/**
 * The page has its answer, or wants none any more.
 *
 * @param {ContentToWorker & {type: 'settled'}} command
 * @param {number} tab
 * @param {number} frame
 * @returns {Promise<WorkerReply>}
 */
export async function settle({ id, ending }, tab, frame) {
  const others = settled.get(tab);
  if (others) {
    if (others.length < MAX_SETTLED) others.push({ id, frame, ending });
    return { type: 'done' };
  }
  settled.set(tab, [{ id, frame, ending }]);
  return inOrder(async () => {
    const all = settled.get(tab) ?? [];
    settled.delete(tab);
    await removeWaiting(({ id, requester }) => requester.tab === tab && all.some((it) => it.id === id && it.frame === requester.frame));
    await settleWindows(all, tab);
    return { type: 'done' };
  });
}

/**
 * Opens the window of a request that waits, over its page.
 *
 * @param {string} id
 */
export async function openWaiting(id) {
  const [request] = await removeWaiting((request) => request.id === id);
  if (!request) return;
  const { tab } = request.requester;
  try {
    const { windowId } = await browser.tabs.update(tab, { active: true }) ?? {};
    if (windowId !== undefined) await browser.windows.update(windowId, { focused: true });
    await openSignWindow(request, await placeOver(tab));
  } catch {
    tellClosed(request);
  }
}

/**
 * Ends a request that waits.
 *
 * @param {string} id
 */
export async function dismissWaiting(id) {
  for (const request of await removeWaiting((request) => request.id === id)) tellClosed(request);
}

/** @param {number} windowId */
export function windowClosed(windowId) {
  return inOrder(() => forgetWindow(windowId));
}

/** @param {number} tab */
export function tabClosed(tab) {
  settled.delete(tab);
  return inOrder(async () => {
    await removeWaiting(({ requester }) => requester.tab === tab);
    await forgetTab(tab);
  });
}
