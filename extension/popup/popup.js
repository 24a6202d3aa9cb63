/**
 * The popup's carrier.
 *
 * @typedef {import('../types/PopupEffect').PopupEffect} Effect
 * @typedef {import('../types/PopupEvent').PopupEvent} ScreenEvent
 */
import { browser } from '../browser.js';
import { openCertificate } from '../certificate_tab.js';
import { hiddenCertificates, hideCertificate, watchHidden } from '../hidden.js';
import { openCheck } from '../check_tab.js';
import { clockDoubt, trustClock } from '../clock.js';
import { openDiagnosis } from '../diagnosis_tab.js';
import { openFirstRun } from '../first_run_tab.js';
import { openOptions } from '../options_tab.js';
import { decide, isPrivate, storedPolicy } from '../policy.js';
import { attempt, host, show } from '../screen.js';
import { quiet, reminders } from '../terms.js';

/** Under this name stands that the person has read that private windows need a permission of the browser. */
const PRIVATE_WINDOWS_HINT = 'privateWindowsHint';

const known = Promise.all([currentPage(), storedPolicy(), isHintDue(), reminders(), hiddenCertificates(), clockDoubt()]);
// The worker may have to be woken: the rest does not wait for it.
const listed = askWorker({ type: 'list-waiting', isPrivate });
const tell = await show('Popup', carryOut);
attempt(tell, async () => {
  const [page, policy, notInPrivateWindows, ending, hidden, clock] = await known;
  tell({ type: 'opened', page, policy, waiting: [], reminders: ending, clock, notInPrivateWindows, hidden, now: Date.now() });
  tell({ type: 'waiting', waiting: await listed });
});
addEventListener('focus', () => tell({ type: 'focused' }));
watchHidden((event) => {
  tell(event);
  // Nobody is reminded of what is hidden.
  attempt(tell, async () => tell({ type: 'reminders', reminders: await reminders() }));
});

/**
 * @param {Effect} effect
 * @param {(event: ScreenEvent) => void} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      return host.open(tell);
    case 'list-certificates':
      return host.list(tell);
    case 'decide':
      return tell({ type: 'decided', policy: await decide(effect.change) });
    case 'open-request':
      await askWorker({ type: 'open-waiting', id: effect.id, isPrivate });
      return close();
    case 'dismiss-request':
      return tell({ type: 'waiting', waiting: await askWorker({ type: 'dismiss-waiting', id: effect.id, isPrivate }) });
    case 'quiet':
      await quiet(effect.certificate, effect.again);
      return tell({ type: 'reminders', reminders: await reminders() });
    case 'trust-clock':
      await trustClock();
      tell({ type: 'clock', clock: await clockDoubt() });
      return tell({ type: 'reminders', reminders: await reminders() });
    case 'hide-certificate':
      return hideCertificate(effect.certificate, effect.hidden);
    case 'open-certificate':
      await openCertificate(effect.certificate);
      return close();
    case 'open-check':
      await openCheck();
      return close();
    case 'open-diagnosis':
      await openDiagnosis();
      return close();
    case 'open-first-run':
      await openFirstRun();
      return close();
    case 'open-options':
      await openOptions(effect.token);
      return close();
  }
}

/** The origin in the current tab: the browser tells it while the popup is open (`activeTab`). */
async function currentPage() {
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true });
  return tab?.url ? new URL(tab.url).origin : null;
}

/**
 * @param {import('../types/PopupToWorker').PopupToWorker} message
 * @returns {Promise<import('../types/WaitingRequest').WaitingRequest[]>} the requests that wait behind the icon
 */
async function askWorker(message) {
  /** @type {import('../types/PopupReply').PopupReply} */
  const reply = await browser.runtime.sendMessage(message);
  if (reply.type === 'refused') throw reply.failure;
  return reply.waiting;
}

/** Whether it is to be said that the browser keeps Tamga out of private windows: once. */
async function isHintDue() {
  const [allowed, { [PRIVATE_WINDOWS_HINT]: said }] = await Promise.all([
    browser.extension.isAllowedIncognitoAccess(),
    browser.storage.local.get(PRIVATE_WINDOWS_HINT),
  ]);
  if (allowed || said) return false;
  await browser.storage.local.set({ [PRIVATE_WINDOWS_HINT]: true });
  return true;
}
