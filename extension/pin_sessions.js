/**
 * PIN sessions: keys on tokens that stay unlocked for a site, as the person has it in the settings. Each has a host of
 * its own, which holds the login and ends with the session; so does the login if the worker ends. Only the sign window
 * asks for them; what is open stands in the session's storage for whoever shows it.
 *
 * @typedef {import('./types/Command').Command & {type: 'sign'}} SignCommand
 * @typedef {import('./types/PinTerm').PinTerm} PinTerm
 * @typedef {import('./types/Grant').Grant} Grant
 * @typedef {import('./types/OpenPinSession').OpenPinSession} OpenPinSession
 * @typedef {{origin: string, topOrigin: string | null}} Site
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {{id: string, site: Site, command: SignCommand}} Request `id`: of what it is told meanwhile
 * @typedef {{host?: Host, gone: boolean}} Work
 * @typedef {{site: Site, open: OpenPinSession, term: PinTerm, host: Host, timer?: ReturnType<typeof setTimeout>}} PinSession
 */
import { browser } from './browser.js';
import { asFailure } from './failure.js';
import { Host } from './native.js';
import { END, EVENT, OPEN, SIGN } from './sign/pin_session.js';

const MINUTE = 60_000;

/** @type {Map<string, PinSession>} by site, token and certificate */
const sessions = new Map();
/** @type {Map<number | undefined, Work>} what is being signed, by the window that asked */
const working = new Map();
// What an earlier worker left: its hosts ended with it. Chromium's worker for private windows has none, and leaves those of
// the other one alone.
if (!browser.extension.inIncognitoContext) browser.storage.session.remove(OPEN);

/**
 * The answer to a message of the sign window, or null if it is none. These are messages and not a port: who listens for
 * ports is handed those between a page and its window too, and Firefox cuts them off when the worker ends.
 *
 * @param {any} message
 * @param {chrome.runtime.MessageSender} sender
 * @returns {Promise<{failure?: Failure}> | null}
 */
export function servePinSessions(message, sender) {
  if (!sender.url?.startsWith(browser.runtime.getURL('sign/'))) return null;
  if (message.type === SIGN) return sign(message, sender.tab?.windowId);
  if (message.type !== END) return null;
  for (const [key, { open }] of sessions) if (open.token === message.token) end(key);
  return Promise.resolve({});
}

/**
 * Nobody waits any more for what this window has asked.
 *
 * @param {number} windowId
 */
export function signWindowClosed(windowId) {
  const work = working.get(windowId);
  if (work) abandon(work);
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
 * @param {Request} request
 * @param {number} [windowId]
 */
async function sign({ id, site, command }, windowId) {
  const key = JSON.stringify([site.origin, site.topOrigin, command.token, command.certificate]);
  /** @type {Work} */
  const work = { gone: false };
  working.set(windowId, work);
  // One after the other: messages have no order of their own.
  let told = Promise.resolve();
  const tell = (/** @type {import('./types/Event').Event} */ event) => {
    told = told.then(async () => {
      const heard = await browser.runtime.sendMessage({ type: EVENT, id, event }).catch(() => false);
      if (!heard) abandon(work);
    });
  };
  try {
    const host = await hostFor(key, command);
    work.host = host;
    if (work.gone) throw { code: 'CANCELLED' };
    const reply = await host.request(command, tell);
    const stays = reply.type === 'done' && reply.staysUnlocked === true;
    const term = termOf(command.unlock);
    if (stays && term) begin(key, host, site, command, term);
    else if (stays) spend(key, command.items.length);
    else end(key, host);
    await told;
    return {};
  } catch (error) {
    end(key, work.host);
    return { failure: asFailure(error) };
  } finally {
    working.delete(windowId);
  }
}

/**
 * For how long the key stays unlocked, where that is longer than for one request.
 *
 * @param {SignCommand['unlock']} unlock
 * @returns {PinTerm | undefined}
 */
function termOf(unlock) {
  return 'term' in unlock ? unlock.term : undefined;
}

/** @param {Work} work */
function abandon(work) {
  work.gone = true;
  work.host?.close();
}

/**
 * A host that is about to unlock the key, or the one that has.
 *
 * @param {string} key
 * @param {SignCommand} command
 * @returns {Promise<Host>}
 */
async function hostFor(key, command) {
  const session = sessions.get(key);
  if (command.unlock.type !== 'open-session') {
    end(key);
    return Host.open();
  }
  if (!session || isOver(session.open, command.items.length)) throw { code: 'PIN_NEEDED' };
  return session.host;
}

/**
 * The clock counts as well as the timer, which stands still while the computer sleeps.
 *
 * @param {OpenPinSession} open
 * @param {number} items
 */
function isOver({ until, signatures }, items) {
  return (until !== null && until <= Date.now()) || (signatures !== null && signatures < items);
}

/**
 * @param {string} key
 * @param {Host} host
 * @param {Site} site
 * @param {SignCommand} command
 * @param {PinTerm} term
 */
function begin(key, host, site, { certificate, token = '', items }, term) {
  const minutes = 'minutes' in term ? term.minutes : null;
  const open = {
    certificate,
    token,
    until: minutes === null ? null : Date.now() + minutes * MINUTE,
    signatures: 'signatures' in term ? term.signatures : null,
  };
  const timer = minutes === null ? undefined : setTimeout(() => end(key), minutes * MINUTE);
  sessions.set(key, { site, open, term, host, timer });
  host.ended.then(() => end(key, host));
  const watched = host.request({ type: 'watch-readers' }, (event) => event.type === 'pin-session-ended' && end(key, host));
  watched.catch(() => {}); // it is answered by events only
  spend(key, items.length);
}

/**
 * @param {string} key
 * @param {number} signatures
 */
function spend(key, signatures) {
  const open = sessions.get(key)?.open;
  if (!open) return;
  if (open.signatures !== null) open.signatures -= signatures;
  if (open.signatures !== null && open.signatures <= 0) return end(key);
  publish();
}

/**
 * Locks the key. `host`: and the one that was to hold it, if that is another.
 *
 * @param {string} key
 * @param {Host} [host]
 */
function end(key, host) {
  const session = sessions.get(key);
  if (host && session?.host !== host) return host.close();
  if (!session) return;
  sessions.delete(key);
  clearTimeout(session.timer);
  session.host.close();
  publish();
}

function publish() {
  const open = [...sessions.values()].map(({ site, open }) => ({ ...site, ...open }));
  browser.storage.session.set({ [OPEN]: open });
}
