/**
 * The sign window's side of PIN sessions, which the worker keeps (`pin_sessions.js`).
 *
 * @typedef {import('../pin_sessions.js').Site} Site
 * @typedef {import('../types/Failure').Failure} Failure
 * @typedef {{type: 'event', event: import('../types/Event').Event} | {type: 'done'} | {type: 'failed', failure: Failure}} Answer
 */
import { browser } from '../browser.js';

/** What the sign window calls its port. */
export const PORT = 'pin-sessions';
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
 * Signs with a key that stays unlocked, or did.
 *
 * @param {Site} site
 * @param {import('../types/SignEffect').SignEffect & {type: 'sign'}} effect
 * @param {(event: import('../types/Event').Event) => void} onEvent
 * @returns {Promise<void>} rejects with a `Failure`
 */
export function signInPinSession({ origin, topOrigin }, { command, pinTerm }, onEvent) {
  return new Promise((resolve, reject) => {
    const port = connect();
    port.onDisconnect.addListener(() => reject({ code: 'HOST_STOPPED' }));
    port.onMessage.addListener((/** @type {Answer} */ answer) => {
      if (answer.type === 'event') return onEvent(answer.event);
      if (answer.type === 'done') resolve();
      else reject(answer.failure);
      port.disconnect();
    });
    port.postMessage({ type: 'sign', site: { origin, topOrigin }, command, pinTerm });
  });
}

/**
 * Locks what is unlocked on a token.
 *
 * @param {string} token
 */
export function endPinSessions(token) {
  connect().postMessage({ type: 'end', token });
}

function connect() {
  return browser.runtime.connect({ name: PORT });
}
