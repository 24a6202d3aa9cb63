/**
 * The sign window's side of PIN sessions, which the worker keeps (`pin_sessions.js`).
 *
 * @typedef {import('../pin_sessions.js').Site} Site
 * @typedef {import('../types/Failure').Failure} Failure
 */
import { browser } from '../browser.js';

/** What the messages between the sign window and the worker are called. */
export const SIGN = 'pin-session-sign';
export const EVENT = 'pin-session-event';
export const END = 'pin-session-end';
/** Under this name stands what is open in the session's storage: `OpenPinSession` and its site. */
export const OPEN = 'pinSessions';

/**
 * The keys that are unlocked for a site.
 *
 * @param {Site} site
 * @returns {Promise<import('../types/OpenPinSession').OpenPinSession[]>}
 */
export async function openPinSessions({ origin, topOrigin }) {
  const { [OPEN]: open } = await browser.storage.session.get({ [OPEN]: [] });
  const all = /** @type {Array<import('../types/OpenPinSession').OpenPinSession & Site>} */ (open);
  const ours = all.filter((open) => open.origin === origin && open.topOrigin === topOrigin);
  return ours.map(({ certificate, token, until, signatures }) => ({ certificate, token, until, signatures }));
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
 * @param {import('../types/SignEffect').SignEffect & {type: 'sign'}} effect
 * @param {(event: import('../types/Event').Event) => void} onEvent
 * @returns {Promise<void>} rejects with a `Failure`
 */
export async function signInPinSession({ origin, topOrigin }, { command }, onEvent) {
  const id = crypto.randomUUID();
  /** @type {(message: any, sender: chrome.runtime.MessageSender, respond: (heard: boolean) => void) => void} */
  const hear = (message, { tab }, respond) => {
    // Content scripts, which have a tab, can send messages too.
    if (tab || message.type !== EVENT || message.id !== id) return;
    onEvent(message.event);
    respond(true);
  };
  browser.runtime.onMessage.addListener(hear);
  try {
    const request = { type: SIGN, id, site: { origin, topOrigin }, command };
    /** @type {{failure?: Failure}} */
    const { failure } = await browser.runtime.sendMessage(request).catch(() => ({ failure: { code: 'HOST_STOPPED' } }));
    if (failure) throw failure;
  } finally {
    browser.runtime.onMessage.removeListener(hear);
  }
}

/**
 * Locks what is unlocked on a token.
 *
 * @param {string} token
 * @returns {Promise<void>}
 */
export async function endPinSessions(token) {
  await browser.runtime.sendMessage({ type: END, token });
}
