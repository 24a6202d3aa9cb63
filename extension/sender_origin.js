/**
 * Who asks: read from what the browser says about a sender, never from what the sender says.
 *
 * @typedef {object} Requester
 * @property {number} tab
 * @property {number} frame
 * @property {string} origin of the frame that asks
 * @property {string | null} topOrigin of the page around that frame; null if it is the same
 * @property {boolean} isPrivate whether the tab is in a private window
 */
import { browser } from './browser.js';
import { secureOrigin } from './origin.js';

/** As `OWN_PAGE` in wasm-core/src/origin.rs: the extension's own page on which a signature is tried. */
export const OWN_PAGE = 'tamga://extension';

/**
 * The requester, or null if the page is not https (http on this computer) or has no origin at all: a sandboxed frame,
 * a `data:` document. The frame around it must be as good, or the name that people know says nothing.
 *
 * @param {chrome.runtime.MessageSender | undefined} sender
 * @returns {Requester | null}
 */
export function requesterOf(sender) {
  const tab = sender?.tab?.id;
  const frame = sender?.frameId;
  if (tab === undefined || frame === undefined) return null;
  const isPrivate = sender?.tab?.incognito === true;
  if (sender && isOwnPage(sender)) return { tab, frame, origin: OWN_PAGE, topOrigin: null, isPrivate };
  const origin = secureOrigin(sender?.origin ?? sender?.url);
  const topOrigin = frame === 0 ? origin : secureOrigin(sender?.tab?.url);
  if (!origin || !topOrigin) return null;
  return { tab, frame, origin, topOrigin: topOrigin === origin ? null : topOrigin, isPrivate };
}

/**
 * Whether it is our page on which a signature is tried. No site can frame it.
 *
 * @param {chrome.runtime.MessageSender} sender
 */
export function isOwnPage({ id, url, frameId }) {
  return id === browser.runtime.id && frameId === 0 && url?.startsWith(browser.runtime.getURL('first_run/')) === true;
}
