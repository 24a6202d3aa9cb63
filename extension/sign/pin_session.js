/**
 * The sign window's side of PIN sessions, which the worker keeps (`pin_sessions.js`).
 *
 * A command with a PIN goes to the worker through a port, never in a message of `runtime.sendMessage`, which every page of
 * the extension hears. The worker opens the port when this window has asked it to: if the worker listened for ports it
 * would get those between pages and their windows too, and Firefox cuts those off when the worker ends.
 *
 * @typedef {import('../pin_sessions.js').Site} Site
 * @typedef {import('../types/Failure').Failure} Failure
 * @typedef {import('../types/OpenPinSession').OpenPinSession} OpenPinSession
 * @typedef {import('../types/Event').Event} HostEvent
 * @typedef {import('../types/PinSessionAnswer').PinSessionAnswer} Answer
 * @typedef {import('../types/PinSessionOrder').PinSessionOrder} Order
 * @typedef {import('../types/WindowToWorker').WindowToWorker} WindowToWorker
 * @typedef {import('../pin_sessions.js').SignCommand} SignCommand
 */
import { browser } from '../browser.js';

/** Names the worker's port, together with the id that the window asked for it with. */
export const PORT = 'pin-session:';
/** Under this name stands what is open in the session's storage: `OpenPinSession` and its site. */
export const OPEN = 'pinSessions';

/**
 * The keys that are unlocked for a site.
 *
 * @param {Site} site
 * @returns {Promise<OpenPinSession[]>}
 */
export async function openPinSessions({ origin, topOrigin }) {
  const { [OPEN]: open } = await browser.storage.session.get({ [OPEN]: [] });
  const all = /** @type {Array<OpenPinSession & Site>} */ (open);
  const ours = all.filter((open) => open.origin === origin && open.topOrigin === topOrigin);
  return ours.map(({ certificate, token, left }) => ({ certificate, token, left }));
}

/**
 * Whether a request begins a PIN session or uses one.
 *
 * @param {import('../types/Unlock').Unlock} unlock
 */
export function isInPinSession(unlock) {
  return unlock.type === 'open-session' || ('term' in unlock && unlock.term !== undefined);
}

/**
 * Signs with a key that stays unlocked, or did.
 *
 * @param {Site} site
 * @param {SignCommand} command
 * @param {(event: HostEvent) => void} onEvent
 * @param {AbortSignal} signal cancels it: the worker hears that its port is closed
 * @returns {Promise<void>} rejects with a `Failure`
 */
export async function signInPinSession({ origin, topOrigin }, command, onEvent, signal) {
  const port = await askForPort();
  /** @type {Failure | undefined} */
  const failure = await new Promise((resolve) => {
    port.onDisconnect.addListener(() => resolve({ code: 'HOST_STOPPED' }));
    signal.addEventListener('abort', () => resolve({ code: 'CANCELLED' }));
    port.onMessage.addListener((/** @type {Answer} */ answer) => {
      if ('event' in answer) onEvent(answer.event);
      else resolve(answer.done.failure);
    });
    port.postMessage(/** @type {Order} */ ({ site: { origin, topOrigin }, command }));
  });
  port.disconnect();
  if (failure) throw failure;
}

/** @returns {Promise<chrome.runtime.Port>} rejects with a `Failure` */
function askForPort() {
  const id = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    /** @param {chrome.runtime.Port} port */
    const accept = (port) => {
      // Content scripts, which have a tab, can open ports too.
      if (port.name !== PORT + id || port.sender?.tab || port.sender?.id !== browser.runtime.id) return;
      browser.runtime.onConnect.removeListener(accept);
      resolve(port);
    };
    browser.runtime.onConnect.addListener(accept);
    send({ type: 'pin-session-sign', id }).catch(() => {
      browser.runtime.onConnect.removeListener(accept);
      reject({ code: 'HOST_STOPPED' });
    });
  });
}

/**
 * Locks what is unlocked on a token.
 *
 * @param {string} token
 * @returns {Promise<void>}
 */
export async function endPinSessions(token) {
  await send({ type: 'pin-session-end', token });
}

/** @param {WindowToWorker} message */
function send(message) {
  return browser.runtime.sendMessage(message);
}
