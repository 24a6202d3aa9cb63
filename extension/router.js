/**
 * What a web page may ask of the worker, and what the popup may; the page on which a signature is tried asks as a web page. Who asks is the browser's word (`sender`), never the
 * message's; every message is rebuilt (`messages.js`). Our other pages ask nothing here: they have the storage, and a host
 * of their own (`native.js`).
 *
 * @typedef {import('./types/WorkerReply').WorkerReply} WorkerReply
 * @typedef {import('./types/PopupReply').PopupReply} PopupReply
 * @typedef {chrome.runtime.MessageSender} Sender
 */
import { browser } from './browser.js';
import { parseContentToWorker, parsePopupToWorker } from './messages.js';
import { inOrder, onePerTab, refused } from './queue.js';
import { dismissWaiting, hostStatus, open, openWaiting, raise, settle } from './requests.js';
import { isOwnPage, requesterOf } from './sender_origin.js';
import { listWaiting } from './waiting.js';

/**
 * The answer to a message, or null if it is not for the router.
 *
 * @param {unknown} message
 * @param {Sender} sender
 * @returns {Promise<WorkerReply | PopupReply> | null}
 */
export function route(message, sender) {
  if (isPopup(sender)) return routePopup(message);
  const tab = sender.tab?.id;
  const frame = sender.frameId;
  if (tab === undefined || frame === undefined || !(isContentScript(sender) || isOwnPage(sender))) return null;
  return routePage(message, sender, tab, frame);
}

/**
 * @param {unknown} message
 * @param {Sender} sender
 * @param {number} tab
 * @param {number} frame
 * @returns {Promise<WorkerReply>}
 */
async function routePage(message, sender, tab, frame) {
  const command = parseContentToWorker(message);

  // Tier 1: any page.
  if (command?.type === 'settled') return settle(command, tab, frame);
  if (command?.type === 'raise') return onePerTab(tab, () => raise(command.id, tab));

  // Tier 2: pages with an origin that cannot be forged on the way.
  const requester = requesterOf(sender);
  if (!requester) return refused('ORIGIN_INSECURE');
  switch (command?.type) {
    case 'status':
      return hostStatus(requester, command.touched);
    case 'open':
      return onePerTab(tab, () => open(command, requester));
    case undefined:
      return refused('REQUEST_MALFORMED');
  }
}

/**
 * @param {unknown} message
 * @returns {Promise<PopupReply> | null}
 */
function routePopup(message) {
  const command = parsePopupToWorker(message);
  if (!command) return null;
  return inOrder(async () => {
    if (command.type === 'open-waiting') await openWaiting(command.id);
    if (command.type === 'dismiss-waiting') await dismissWaiting(command.id);
    return { type: 'waiting', waiting: await listWaiting(command.isPrivate) };
  });
}

/** @param {Sender} sender */
function isContentScript({ id, url }) {
  return id === browser.runtime.id && !url?.startsWith(browser.runtime.getURL(''));
}

/** @param {Sender} sender */
function isPopup({ id, url }) {
  return id === browser.runtime.id && url?.startsWith(browser.runtime.getURL('popup/')) === true;
}
