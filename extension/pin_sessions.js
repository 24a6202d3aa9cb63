/**
 * PIN sessions: keys on tokens that stay unlocked for a site, as the person has it in the settings. Each has a host of
 * its own, which holds the login and ends with the session; so does the login if the worker ends. Only the sign window
 * asks for them, through a port; what is open stands in the session's storage for whoever shows it.
 *
 * @typedef {import('./types/Command').Command & {type: 'sign'}} SignCommand
 * @typedef {import('./types/PinTerm').PinTerm} PinTerm
 * @typedef {import('./types/Grant').Grant} Grant
 * @typedef {import('./types/OpenPinSession').OpenPinSession} OpenPinSession
 * @typedef {{origin: string, topOrigin: string | null}} Site
 * @typedef {{type: 'sign', site: Site, command: SignCommand, pinTerm: PinTerm | null} | {type: 'end', token: string}} Request
 * @typedef {{site: Site, open: OpenPinSession, term: PinTerm, host: Host, timer?: ReturnType<typeof setTimeout>}} PinSession
 */
import { browser } from './browser.js';
import { asFailure } from './failure.js';
import { Host } from './native.js';
import { OPEN, PORT } from './sign/pin_session.js';

const MINUTE = 60_000;

/** @type {Map<string, PinSession>} by site, token and certificate */
const sessions = new Map();
// What an earlier worker left: its hosts ended with it.
browser.storage.session.remove(OPEN);

/**
 * Answers what the sign window asks through its port.
 *
 * @param {chrome.runtime.Port} port
 */
export function servePinSessions(port) {
  // Others are for other ends: a page's bridge calls its sign window.
  if (port.name !== PORT) return;
  if (!port.sender?.url?.startsWith(browser.runtime.getURL('sign/'))) return port.disconnect();
  port.onMessage.addListener((/** @type {Request} */ request) => {
    if (request.type === 'sign') return void sign(port, request);
    for (const [key, { open }] of sessions) if (open.token === request.token) end(key);
  });
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
 * @param {chrome.runtime.Port} port
 * @param {Request & {type: 'sign'}} request
 */
async function sign(port, { site, command, pinTerm }) {
  const key = JSON.stringify([site.origin, site.topOrigin, command.token, command.certificate]);
  /** @type {Host | undefined} */
  let host;
  let [working, gone] = [true, false];
  const tell = (/** @type {object} */ answer) => gone || port.postMessage(answer);
  port.onDisconnect.addListener(() => {
    gone = true;
    if (working) host?.close();
  });
  try {
    host = await hostFor(key, command);
    const reply = await host.request(command, (event) => tell({ type: 'event', event }));
    const stays = reply.type === 'done' && reply.staysUnlocked === true;
    if (stays && pinTerm) begin(key, host, site, command, pinTerm);
    else if (stays) spend(key, command.items.length);
    else end(key, host);
    tell({ type: 'done' });
  } catch (error) {
    end(key, host);
    tell({ type: 'failed', failure: asFailure(error) });
  } finally {
    working = false;
  }
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
  if (command.pinSession === 'begin') {
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
