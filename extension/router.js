/**
 * What a web page may ask of the background, and of nobody else. Who asks is the browser's word (`sender`), never the
 * message's; every message is rebuilt from the fields that are known. Our own pages ask nothing here: they have the
 * storage, and a host of their own (`native.js`).
 *
 * @typedef {import('./types/ErrorCode').ErrorCode} ErrorCode
 * @typedef {chrome.runtime.MessageSender} Sender
 * @typedef {import('./asker.js').Asker} Asker
 * @typedef {'sign' | 'certificate'} Kind
 * @typedef {{tab: number, frame: number, id: string, door: string, opened: number, settled: boolean}} OpenWindow
 * @typedef {{extensionVersion: string, hostVersion: string | null, problem: ErrorCode | null}} Status
 */
import { identify } from './asker.js';
import { browser } from './browser.js';
import { Host } from './native.js';

/** The sign window, in CSS pixels. */
const WINDOW_SIZE = { width: 480, height: 720 };
/** For how long one look at the host answers every `status`, in milliseconds. */
const STATUS_LIFETIME = 5_000;

/** A window that is gone after less than this, in milliseconds, was taken back before anybody could read it. */
const HASTE = 1_000;
/** So many in a row cost a tab nothing; then it waits, twice as long each time, in milliseconds. */
const FREE_HASTE = 3;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 60_000;

const KINDS = ['sign', 'certificate'];

/**
 * The answer to a message, or null if it is not for us.
 *
 * @param {any} message
 * @param {Sender} sender
 * @returns {Promise<object> | null}
 */
export function route(message, sender) {
  if (!isContentScript(sender)) return null;

  // Tier 1: any page.
  if (message?.type === 'settled' && isId(message.id)) return settle(message.id, sender);

  // Tier 2: pages with an origin that cannot be forged on the way.
  const asker = identify(sender);
  if (!asker) return refuse('ORIGIN_INSECURE');
  if (message?.type === 'status') return status();
  if (message?.type === 'open' && isId(message.id) && KINDS.includes(message.kind)) {
    return open(message.id, message.kind, asker);
  }
  return refuse('REQUEST_MALFORMED');
}

/**
 * A window is gone: whoever waited for it must hear of it, also when it never came to speak.
 *
 * @param {number} windowId
 */
export function windowClosed(windowId) {
  return inTurn(async () => {
    const windows = await openWindows();
    const closed = windows[windowId];
    if (!closed) return;
    delete windows[windowId];
    await browser.storage.session.set({ windows });
    await noteHaste(closed);
    await tell(closed);
  });
}

/** @param {Sender} sender */
function isContentScript(sender) {
  return sender.id === browser.runtime.id && sender.tab?.id !== undefined && sender.frameId !== undefined
    && !sender.url?.startsWith(browser.runtime.getURL(''));
}

/** @param {unknown} id */
function isId(id) {
  return typeof id === 'string' && /^[0-9a-f]{32}$/.test(id);
}

/**
 * @param {string} id
 * @param {Kind} kind
 * @param {Asker} asker
 */
function open(id, kind, asker) {
  return inTurn(async () => {
    const { tab, frame, origin, topOrigin } = asker;
    const door = `${kind} ${origin} ${topOrigin ?? '-'}`;
    if (await isBusy((window) => window.tab === tab)) return refuse('BUSY');
    if (await isTooHasty(tab)) return refuse('BUSY');
    if (await isClosed(door)) {
      // While the question is on the screen the door is closed already, and the person shall see it, not miss it.
      return refuse((await isBusy((window) => window.door === door)) ? 'BUSY' : 'PERMISSION_DENIED');
    }
    const address = `sign/sign.html?${new URLSearchParams({ request: id, kind, tab: `${tab}`, frame: `${frame}` })}`;
    const windowId = await openWindow(address, tab);
    const windows = await openWindows();
    windows[windowId] = { tab, frame, id, door, opened: Date.now(), settled: false };
    await browser.storage.session.set({ windows });
    return { opened: true };
  });
}

/**
 * Whether the site was refused so lately, or for good, that nobody is asked. The policy itself is Rust
 * (`wasm-core/src/policy.rs`), which leaves here until when each door is closed.
 *
 * @param {string} door
 */
async function isClosed(door) {
  const { doors } = await browser.storage.local.get({ doors: {} });
  return /** @type {Record<string, number>} */ (doors)[door] > Date.now();
}

/**
 * Whether this tab has windows flash up: before a question is on the screen, taking it back is free.
 *
 * @param {number} tab
 */
async function isTooHasty(tab) {
  return (await hastes())[tab]?.until > Date.now();
}

/** @param {OpenWindow} gone */
async function noteHaste({ tab, opened }) {
  const all = await hastes();
  const count = Date.now() - opened < HASTE ? (all[tab]?.count ?? 0) + 1 : 0;
  const wait = count > FREE_HASTE ? Math.min(FIRST_WAIT * 2 ** (count - FREE_HASTE - 1), LONGEST_WAIT) : 0;
  all[tab] = { count, until: Date.now() + wait };
  await browser.storage.session.set({ hastes: all });
}

/** @returns {Promise<Record<number, {count: number, until: number}>>} by tab */
async function hastes() {
  const { hastes } = await browser.storage.session.get({ hastes: {} });
  return /** @type {Record<number, {count: number, until: number}>} */ (hastes);
}

/**
 * Whether there is such a window that still works for a page; the person is shown it. One that has answered makes room.
 *
 * @param {(window: OpenWindow) => boolean} such
 */
async function isBusy(such) {
  const windows = await openWindows();
  for (const [windowId, window] of Object.entries(windows)) {
    if (!such(window)) continue;
    const alive = await browser.windows.get(Number(windowId)).catch(() => null);
    if (alive && !window.settled) {
      await browser.windows.update(Number(windowId), { focused: true }).catch(() => {});
      return true;
    }
    delete windows[windowId];
    await browser.storage.session.set({ windows });
    await noteHaste(window);
    if (alive) await browser.windows.remove(Number(windowId)).catch(() => {});
  }
  return false;
}

/**
 * The page has its answer, or wants none any more.
 *
 * @param {string} id
 * @param {Sender} sender
 */
function settle(id, sender) {
  return inTurn(async () => {
    const windows = await openWindows();
    for (const window of Object.values(windows)) {
      window.settled ||= window.id === id && window.tab === sender.tab?.id && window.frame === sender.frameId;
    }
    await browser.storage.session.set({ windows });
    return {};
  });
}

/**
 * Opens a window over the middle of the one that asks, and says its number.
 *
 * @param {string} address
 * @param {number} tab
 * @returns {Promise<number>}
 */
async function openWindow(address, tab) {
  const { width, height } = WINDOW_SIZE;
  const window = { url: browser.runtime.getURL(address), type: /** @type {const} */ ('popup'), width, height };
  const { windowId } = await browser.tabs.get(tab);
  const { left = 0, top = 0, width: over = width, height: down = height } = await browser.windows.get(windowId);
  const place = { left: Math.round(left + (over - width) / 2), top: Math.round(Math.max(top, top + (down - height) / 2)) };
  // Browsers refuse a place that is half off the screen.
  const opened = await browser.windows.create({ ...window, ...place }).catch(() => browser.windows.create(window));
  return /** @type {number} */ (opened?.id);
}

/**
 * @param {OpenWindow} window
 */
async function tell({ tab, frame, id }) {
  await browser.tabs.sendMessage(tab, { type: 'window-closed', id }, { frameId: frame }).catch(() => {});
}

/** @returns {Promise<Record<string, OpenWindow>>} */
async function openWindows() {
  const { windows } = await browser.storage.session.get({ windows: {} });
  return /** @type {Record<string, OpenWindow>} */ (windows);
}

/** @type {{until: number, status: Promise<Status>} | null} */
let health = null;

/** How Tamga does. One look at the host serves everybody for a while, so that no site can start hosts at will. */
function status() {
  if (!health || health.until < Date.now()) {
    const looking = look();
    const current = { until: Infinity, status: looking };
    looking.finally(() => {
      current.until = Date.now() + STATUS_LIFETIME;
    });
    health = current;
  }
  return health.status;
}

/** @returns {Promise<Status>} */
async function look() {
  const extensionVersion = browser.runtime.getManifest().version;
  try {
    const host = await Host.open();
    host.close();
    return { extensionVersion, hostVersion: host.version, problem: null };
  } catch (failure) {
    return { extensionVersion, hostVersion: null, problem: /** @type {{code: ErrorCode}} */ (failure).code };
  }
}

/**
 * @param {ErrorCode} code
 * @returns {Promise<{failure: {code: ErrorCode}}>}
 */
async function refuse(code) {
  return { failure: { code } };
}

let turn = Promise.resolve();

/**
 * One after the other: each reads what the one before wrote about the open windows.
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
