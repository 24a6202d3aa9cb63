/**
 * PIN sessions: keys on tokens that stay unlocked for a site, as the person has it in the settings. Each has a host of
 * its own, which holds the login, counts what the PIN is good for and ends the session; it ends with this worker too. Here
 * is decided which host gets a request, and a session may be ended sooner; what is open stands in the session's storage
 * for whoever shows it.
 *
 * @typedef {import('./types/Command').Command & {type: 'sign'}} SignCommand
 * @typedef {import('./types/PinTerm').PinTerm} PinTerm
 * @typedef {import('./types/Grant').Grant} Grant
 * @typedef {import('./types/OpenPinSession').OpenPinSession} OpenPinSession
 * @typedef {import('./types/PinSessionAnswer').PinSessionAnswer} Answer
 * @typedef {import('./types/PinSessionOrder').PinSessionOrder} Order
 * @typedef {import('./types/PinSessionSite').PinSessionSite} Site
 * @typedef {import('./types/WindowToWorker').WindowToWorker} WindowToWorker
 * @typedef {{port: chrome.runtime.Port, windowId?: number, host?: Host, aborting: AbortController}} Work `aborting`: when nobody waits any more
 * @typedef {{site: Site, open: OpenPinSession, term: PinTerm, host: Host}} PinSession
 */
import { browser } from './browser.js';
import { asFailure } from './failure.js';
import { Host } from './native.js';
import { OPEN, PORT } from './sign/pin_session.js';

/** @type {Map<string, PinSession>} by site, token and certificate */
const sessions = new Map();
/** @type {Set<Work>} what sign windows have asked for */
const working = new Set();
// What an earlier worker left: its hosts ended with it. Chromium's worker for private windows has none, and leaves those of
// the other one alone.
if (!browser.extension.inIncognitoContext) browser.storage.session.remove(OPEN);

/**
 * The answer to a message of the sign window, or null if it is none.
 *
 * @param {unknown} message
 * @param {chrome.runtime.MessageSender} sender
 * @returns {Promise<{}> | null}
 */
export function servePinSessions(message, sender) {
  if (!sender.url?.startsWith(browser.runtime.getURL('sign/'))) return null;
  // A page of ours, in a process of its own: its messages are what their types say.
  const request = /** @type {WindowToWorker} */ (message);
  switch (request.type) {
    case 'pin-session-sign':
      serve(request.id, sender.tab?.windowId);
      return Promise.resolve({});
    case 'pin-session-end':
      endOn(request.token);
      return Promise.resolve({});
    default:
      return unknownType(request);
  }
}

/**
 * Takes only what cannot be: a case is missing where this is called with anything else.
 *
 * @param {never} _request
 */
function unknownType(_request) {
  return null;
}

/**
 * Nobody waits any more for what this window has asked.
 *
 * @param {number} windowId
 */
export function signWindowClosed(windowId) {
  for (const work of working) if (work.windowId === windowId) work.aborting.abort();
}

/**
 * Ends what the person does not allow any more.
 *
 * @param {Grant[]} grants
 */
export function grantsChanged(grants) {
  for (const [key, { site, term }] of sessions) {
    const allowed = grants.some(
      (grant) => grant.scope === 'sign' && grant.origin === site.origin && (grant.topOrigin ?? null) === site.topOrigin
        && JSON.stringify(grant.pinTerm) === JSON.stringify(term),
    );
    if (!allowed) end(key);
  }
}

/**
 * Opens the port that a sign window waits for, and signs what it is told there.
 *
 * @param {string} id
 * @param {number} [windowId]
 */
function serve(id, windowId) {
  const port = browser.runtime.connect({ name: PORT + id });
  /** @type {Work} */
  const work = { port, windowId, aborting: new AbortController() };
  working.add(work);
  port.onDisconnect.addListener(() => work.aborting.abort());
  port.onMessage.addListener((/** @type {Order} */ { site, command }) => {
    if (command.type === 'sign') sign(work, site, command);
  });
}

/**
 * @param {Work} work
 * @param {Site} site
 * @param {SignCommand} command
 */
async function sign(work, site, command) {
  const key = JSON.stringify([site.origin, site.topOrigin, command.token, command.certificate]);
  try {
    const host = await hostFor(key, command);
    work.host = host;
    const reply = await host.request(command, (event) => say(work, { event }), work.aborting.signal);
    if (reply.type === 'done' && reply.pinSession) keep(key, host, site, command, reply.pinSession);
    else forget(key, host);
    say(work, { done: {} });
  } catch (error) {
    forget(key, work.host);
    say(work, { done: { failure: asFailure(error) } });
  } finally {
    working.delete(work);
    closeUnused(work.host);
  }
}

/**
 * @param {Work} work
 * @param {Answer} answer
 */
function say(work, answer) {
  if (!work.aborting.signal.aborted) work.port.postMessage(answer);
}

/**
 * A host that is about to unlock the key, or the one that has.
 *
 * @param {string} key
 * @param {SignCommand} command
 * @returns {Promise<Host>}
 */
async function hostFor(key, command) {
  if (command.unlock.type !== 'open-session') {
    end(key);
    return Host.open();
  }
  const session = sessions.get(key);
  if (!session) throw { code: 'PIN_NEEDED' };
  return session.host;
}

/**
 * Notes what is left of a session, which may have begun just now.
 *
 * @param {string} key
 * @param {Host} host
 * @param {Site} site
 * @param {SignCommand} command
 * @param {OpenPinSession['left']} left
 */
function keep(key, host, site, { certificate, token = '', unlock }, left) {
  const session = sessions.get(key);
  if (session?.host === host) session.open.left = left;
  else if ('term' in unlock && unlock.term) begin(key, { site, open: { certificate, token, left }, term: unlock.term, host });
  publish();
}

/**
 * @param {string} key
 * @param {PinSession} session
 */
function begin(key, session) {
  const { host } = session;
  const earlier = sessions.get(key)?.host;
  sessions.set(key, session);
  closeUnused(earlier);
  const over = () => {
    forget(key, host);
    closeUnused(host);
  };
  host.ended.then(over);
  const watched = host.request({ type: 'watch-readers' }, (event) => event.type === 'pin-session-ended' && over());
  watched.catch(() => {}); // it is answered by events only
}

/**
 * The session is over, if this host still has it.
 *
 * @param {string} key
 * @param {Host} [host]
 */
function forget(key, host) {
  if (sessions.get(key)?.host !== host) return;
  sessions.delete(key);
  publish();
}

/**
 * Ends a host without a session when nobody waits for an answer of it: who shares a session that is over hears so from it.
 *
 * @param {Host} [host]
 */
function closeUnused(host) {
  const isUsed = [...sessions.values(), ...working].some((user) => user.host === host);
  if (!isUsed) host?.close();
}

/**
 * Locks the key, whatever is being done with it.
 *
 * @param {string} key
 */
function end(key) {
  const host = sessions.get(key)?.host;
  forget(key, host);
  host?.close();
}

/** @param {string} token */
function endOn(token) {
  for (const [key, { open }] of sessions) if (open.token === token) end(key);
}

function publish() {
  const open = [...sessions.values()].map(({ site, open }) => ({ ...site, ...open }));
  browser.storage.session.set({ [OPEN]: open });
}
