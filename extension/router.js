/**
 * What a web page may ask of the background, and what the popup may. Who asks is the browser's word (`sender`), never the
 * message's; every message is rebuilt from the fields that are known. Our other pages ask nothing here: they have the
 * storage, and a host of their own (`native.js`).
 *
 * @typedef {import('./types/ErrorCode').ErrorCode} ErrorCode
 * @typedef {chrome.runtime.MessageSender} Sender
 * @typedef {import('./sender_origin.js').Requester} Requester
 * @typedef {import('./sign_windows.js').PageRequest} PageRequest
 * @typedef {{touched: boolean, gesture: boolean}} Activity of the person in the frame that asks: since it was loaded, and just now
 */
import { requesterOf } from './sender_origin.js';
import { browser } from './browser.js';
import { denied, mayAlwaysAsk, refusedUntil } from './permission.js';
import { UNTOLD, status } from './host_status.js';
import { forget, mustWait } from './rate_limits.js';
import { forgetWindow, isAsked, isBusy, isInFront, openSignWindow, raise, settleWindows, tellClosed } from './sign_windows.js';
import { WAIT_MS, hasWaiting, listWaiting, removeWaiting, wait } from './waiting.js';

const KINDS = ['sign', 'certificate'];
const ENDINGS = /** @type {const} */ (['answered', 'taken-back', 'left']);
/** Of so many requests a tab can say at once that they are settled. */
const MAX_SETTLED = 100;
/** How long a page may take to say whether it was touched, in milliseconds. */
const PAGE_TIME = 1_000;

/**
 * The answer to a message, or null if it is not for us.
 *
 * @param {any} message
 * @param {Sender} sender
 * @returns {Promise<object> | null}
 */
export function route(message, sender) {
  if (isPopup(sender)) return routePopup(message);
  if (!isContentScript(sender)) return null;
  const tab = /** @type {number} */ (sender.tab?.id);

  // Tier 1: any page.
  if (message?.type === 'settled' && isId(message.id)) return settle(message.id, ENDINGS.find((ending) => ending === message.ending) ?? 'answered', sender);
  if (message?.type === 'raise' && isId(message.id)) return oneOf(tab, () => inTurn(() => raise(message.id, tab)));

  // Tier 2: pages with an origin that cannot be forged on the way.
  const requester = requesterOf(sender);
  if (!requester) return refuse('ORIGIN_INSECURE');
  const activity = { touched: message?.touched === true, gesture: message?.gesture === true };
  if (message?.type === 'status') return tellStatus(requester, activity);
  if (message?.type === 'open' && isId(message.id) && KINDS.includes(message.kind)) {
    return oneOf(tab, () => open({ id: message.id, kind: message.kind, requester }, activity));
  }
  return refuse('REQUEST_MALFORMED');
}

/**
 * What waits behind the icon.
 *
 * @param {any} message
 * @returns {Promise<object> | null}
 */
function routePopup(message) {
  switch (message?.type) {
    case 'list-waiting':
      return inTurn(async () => ({ waiting: await listWaiting(message.isPrivate === true) }));
    case 'open-waiting':
      return inTurn(() => openWaiting(message.id));
    case 'dismiss-waiting':
      return inTurn(() => dismissWaiting(message.id));
  }
  return null;
}

/** @param {number} windowId */
export function windowClosed(windowId) {
  return inTurn(() => forgetWindow(windowId));
}

/** @param {number} tab */
export function tabClosed(tab) {
  settled.delete(tab);
  return inTurn(async () => {
    await removeWaiting(({ requester }) => requester.tab === tab);
    await forget(tab);
  });
}

/** @param {Sender} sender */
function isContentScript(sender) {
  return sender.id === browser.runtime.id && sender.tab?.id !== undefined && sender.frameId !== undefined
    && !sender.url?.startsWith(browser.runtime.getURL(''));
}

/** @param {Sender} sender */
function isPopup(sender) {
  return sender.id === browser.runtime.id && sender.url?.startsWith(browser.runtime.getURL('popup/')) === true;
}

/** @param {unknown} id */
function isId(id) {
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
}

/**
 * @param {PageRequest} request
 * @param {Activity} activity
 * @returns {Promise<object>}
 */
async function open(request, { touched, gesture }) {
  // Before its turn: a page takes its time to answer, or all the time there is.
  const mayOpen = await isTouched(request.requester, touched);
  return inTurn(() => openOrWait(request, mayOpen, gesture));
}

/**
 * @param {PageRequest} request
 * @param {boolean} touched
 * @param {boolean} gesture
 */
async function openOrWait(request, touched, gesture) {
  const { kind, requester } = request;
  // Before the tab's last window, in which the person may be, makes room.
  const inFront = await isInFront(requester.tab);
  if (await isBusy(requester.tab, gesture)) return refuse('BUSY');
  if ((await hasWaiting(requester.tab)) || (await mustWait(requester.tab))) return refuse('BUSY');
  const refused = await refusedUntil(kind, requester, requester.isPrivate);
  if (refused > 0) {
    // While the question is on the screen the site counts as refused already, and the person shall see it, not miss it.
    return (await isAsked(kind, requester, gesture)) ? refuse('BUSY') : { failure: denied(refused) };
  }
  if (touched && inFront) {
    await openSignWindow(request);
    return { opened: true };
  }
  return (await wait(request)) ? { waiting: WAIT_MS } : refuse('NOT_ANSWERED');
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
  const asked = browser.tabs.sendMessage(requester.tab, { type: 'page' }, { frameId: 0 }).catch(() => null);
  const page = await Promise.race([asked, new Promise((late) => setTimeout(late, PAGE_TIME, null))]);
  return page?.touched === true;
}

/**
 * @param {Requester} requester
 * @param {Activity} activity
 */
async function tellStatus(requester, { touched }) {
  const told = (await isTouched(requester, touched)) || (await mayAlwaysAsk(requester, requester.isPrivate));
  return told ? status() : UNTOLD;
}

/** @param {unknown} id */
async function openWaiting(id) {
  const [request] = await removeWaiting((request) => request.id === id);
  if (!request) return {};
  const { tab } = request.requester;
  try {
    const { windowId } = await browser.tabs.update(tab, { active: true }) ?? {};
    if (windowId !== undefined) await browser.windows.update(windowId, { focused: true });
    await openSignWindow(request);
  } catch {
    tellClosed(request);
  }
  return {};
}

/** @param {unknown} id */
async function dismissWaiting(id) {
  for (const request of await removeWaiting((request) => request.id === id)) tellClosed(request);
  return {};
}

/** @type {Map<number, import('./sign_windows.js').Settled[]>} by tab, until the queue comes to it */
const settled = new Map();

/**
 * The page has its answer, or wants none any more.
 *
 * @param {string} id
 * @param {import('./rate_limits.js').Ending} ending
 * @param {Sender} sender
 */
async function settle(id, ending, sender) {
  const [tab, frame] = [Number(sender.tab?.id), Number(sender.frameId)];
  const others = settled.get(tab);
  if (others) {
    if (others.length < MAX_SETTLED) others.push({ id, frame, ending });
    return {};
  }
  settled.set(tab, [{ id, frame, ending }]);
  return inTurn(async () => {
    const all = settled.get(tab) ?? [];
    settled.delete(tab);
    await removeWaiting(({ id, requester }) => requester.tab === tab && all.some((it) => it.id === id && it.frame === requester.frame));
    await settleWindows(all, tab);
    return {};
  });
}

/**
 * @param {ErrorCode} code
 * @returns {Promise<{failure: {code: ErrorCode}}>}
 */
async function refuse(code) {
  return { failure: { code } };
}

/** @type {Set<number>} the tabs whose requests are looked at */
const busyTabs = new Set();

/**
 * One request of a tab at a time, and the others are dropped: so a tab of another site waits for one request of each tab,
 * however many a page makes.
 *
 * @template T
 * @param {number} tab
 * @param {() => Promise<T>} work
 * @returns {Promise<T | {failure: {code: ErrorCode}}>}
 */
function oneOf(tab, work) {
  if (busyTabs.has(tab)) return refuse('BUSY');
  busyTabs.add(tab);
  return work().finally(() => busyTabs.delete(tab));
}

let turn = Promise.resolve();

/**
 * One after the other: each reads what the one before wrote about the open windows. No work may wait for a page, which
 * need not ever answer.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T | {failure: {code: ErrorCode}}>}
 */
function inTurn(work) {
  const done = turn.then(work).catch(() => refuse('INTERNAL'));
  turn = done.then(() => {});
  return done;
}
