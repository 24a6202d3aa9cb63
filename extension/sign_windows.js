/**
 * The sign windows that are open, and where a new one may open.
 *
 * @typedef {import('./sender_origin.js').Requester} Requester
 * @typedef {import('./types/Scope').Scope} Scope
 * @typedef {{id: string, scope: Scope, requester: Requester}} PageRequest
 * @typedef {{left: number, top: number}} Place
 * @typedef {import('./types/Ending').Ending} Ending
 * @typedef {{id: string, frame: number, ending: Ending}} Settled a request whose page waits for nothing more
 * @typedef {{request: PageRequest, opened: number, raised: boolean, settled: boolean, ending: Ending}} SignWindow
 *   `raised`: brought to the front again; `settled`: its page waits for nothing more
 */
import { browser } from './browser.js';
import { covers } from './origin.js';
import { noteClosed } from './rate_limits.js';
import { load, save } from './session_state.js';
import { tellClosed } from './tab_messages.js';

const WINDOWS = 'windows';
/** The sign window, in CSS pixels. */
const SIZE = { width: 480, height: 720 };

/** @returns {Promise<Record<string, SignWindow>>} */
function openWindows() {
  return load(WINDOWS, {});
}

/**
 * The middle of the window that a tab is in.
 *
 * @param {number} tab
 * @returns {Promise<Place>}
 */
export async function placeOver(tab) {
  const { width, height } = SIZE;
  const { windowId } = await browser.tabs.get(tab);
  const { left = 0, top = 0, width: over = width, height: down = height } = await browser.windows.get(windowId);
  return { left: Math.round(left + (over - width) / 2), top: Math.round(Math.max(top, top + (down - height) / 2)) };
}

/**
 * Opens a window for a request.
 *
 * @param {PageRequest} request
 * @param {Place} place
 */
export async function openSignWindow(request, place) {
  const { id, scope, requester } = request;
  const address = `sign/sign.html?${new URLSearchParams({ request: id, scope, tab: `${requester.tab}`, frame: `${requester.frame}` })}`;
  const windowId = await create(address, place, requester.isPrivate);
  const windows = await openWindows();
  windows[windowId] = { request, opened: Date.now(), raised: false, settled: false, ending: 'answered' };
  await save(WINDOWS, windows);
}

/**
 * Whether the tab has a window that still works for a page. One that has answered makes room.
 *
 * @param {number} tab
 * @param {boolean} gesture whether the person has just done something in the page: then they are shown the window, once
 */
export function isBusy(tab, gesture) {
  return hasOpen(({ request }) => request.requester.tab === tab, gesture);
}

/**
 * Whether the person is being asked about this site: it is denied meanwhile, and they shall see why.
 *
 * @param {Scope} scope
 * @param {Requester} requester
 * @param {boolean} gesture
 */
export function isAsked(scope, requester, gesture) {
  return hasOpen(({ request }) => request.scope === scope && covers(request.requester, requester), gesture);
}

/**
 * Brings the window of a page's request to the front, once.
 *
 * @param {string} id
 * @param {number} tab
 */
export function raiseWindow(id, tab) {
  return hasOpen(({ request }) => request.id === id && request.requester.tab === tab, true);
}

/**
 * Whether a window would open over what the person is looking at: the tab is the active one of the window that they are in,
 * or of the one under its own sign window.
 *
 * @param {number} tab
 */
export async function isInFront(tab) {
  const { active, windowId } = await browser.tabs.get(tab);
  if (!active) return false;
  const focused = (await browser.windows.getAll()).filter((window) => window.focused);
  // While the person is in another program none is focused. Chromium without a screen says it of several.
  if (focused.length === 0 || focused.some(({ id }) => id === windowId)) return true;
  const windows = await openWindows();
  return focused.some(({ id }) => windows[`${id}`]?.request.requester.tab === tab);
}

/**
 * The pages of these requests have their answers, or want none any more.
 *
 * @param {Settled[]} all
 * @param {number} tab
 */
export async function settleWindows(all, tab) {
  const windows = await openWindows();
  let changed = false;
  for (const window of Object.values(windows)) {
    const { id, requester } = window.request;
    const settled = requester.tab === tab && all.find((it) => it.id === id && it.frame === requester.frame);
    if (!settled || window.settled) continue;
    Object.assign(window, { settled: true, ending: settled.ending });
    changed = true;
  }
  if (changed) await save(WINDOWS, windows);
}

/**
 * A window is closed: its page hears of it, also when the window never opened the port.
 *
 * @param {number} windowId
 */
export async function forgetWindow(windowId) {
  const windows = await openWindows();
  const closed = windows[windowId];
  if (!closed) return;
  delete windows[windowId];
  await save(WINDOWS, windows);
  await noteEnd(closed);
  tellClosed(closed.request);
}

/**
 * Whether one of these windows still works for a page. One that has answered, or is gone, makes room.
 *
 * @param {(window: SignWindow) => boolean} matches
 * @param {boolean} gesture
 */
async function hasOpen(matches, gesture) {
  const windows = await openWindows();
  for (const [windowId, window] of Object.entries(windows)) {
    if (!matches(window)) continue;
    const alive = await browser.windows.get(Number(windowId)).catch(() => null);
    if (alive && !window.settled) {
      if (!gesture || window.raised) return true;
      window.raised = true;
      await save(WINDOWS, windows);
      await browser.windows.update(Number(windowId), { focused: true }).catch(() => {});
      return true;
    }
    delete windows[windowId];
    await save(WINDOWS, windows);
    await noteEnd(window);
    if (alive) await browser.windows.remove(Number(windowId)).catch(() => {});
  }
  return false;
}

/** @param {SignWindow} gone */
function noteEnd({ request, opened, ending }) {
  return noteClosed(request.requester.tab, opened, ending);
}

/**
 * @param {string} address
 * @param {Place} place
 * @param {boolean} isPrivate
 * @returns {Promise<number>} the window's number
 */
async function create(address, place, isPrivate) {
  const window = { url: browser.runtime.getURL(address), type: /** @type {const} */ ('popup'), ...SIZE, incognito: isPrivate };
  // Browsers refuse a place that is half off the screen.
  const opened = await browser.windows.create({ ...window, ...place }).catch(() => browser.windows.create(window));
  return /** @type {number} */ (opened?.id);
}
