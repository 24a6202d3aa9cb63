/**
 * The worker: listeners only. They are added synchronously, because a worker that is woken by an event misses listeners
 * that are added later. Nothing is kept here that must outlive the worker.
 */
import { browser } from './browser.js';
import { readDecisions } from './decisions.js';
import { openAfterInstallation } from './first_run_tab.js';
import { status } from './host_status.js';
import { grantsChanged, servePinSessions, signWindowClosed } from './pin_sessions.js';
import { alarmRang, notificationClicked, remind, setAlarm, termsChanged } from './reminders.js';
import { tabClosed, windowClosed } from './requests.js';
import { route } from './router.js';
import { restoreIcon } from './toolbar_icon.js';

browser.runtime.onMessage.addListener((message, sender, respond) => {
  const answer = route(message, sender) ?? servePinSessions(message, sender);
  answer?.then(respond);
  return answer !== null;
});
browser.windows.onRemoved.addListener(windowClosed);
browser.windows.onRemoved.addListener(signWindowClosed);
browser.tabs.onRemoved.addListener(tabClosed);
browser.storage.onChanged.addListener(async (changes) => {
  if (!changes.grants && !changes.sessionGrants) return;
  const { grants = [], sessionGrants = [] } = await readDecisions(false);
  grantsChanged([...grants, ...sessionGrants]);
});

browser.storage.local.onChanged.addListener(termsChanged);
browser.alarms.onAlarm.addListener(alarmRang);
browser.notifications.onClicked.addListener(notificationClicked);
setAlarm();

// Grants and denials are not for content scripts, which share a process with the page. Firefox has no such switch yet.
browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => {});

// Chromium measures memory and disk when the first Blob is made from a stream; before that it allows 500 MiB of Blobs in
// all, and those beyond cannot be read. So one is made before any page can make a large document.
new Response(new Blob(['?']).stream()).blob();
// Wakes the worker when the browser starts, for what is above, too.
browser.runtime.onStartup.addListener(restoreIcon);
browser.runtime.onStartup.addListener(remind);
// Whoever has installed the extension alone sees that something is missing.
browser.runtime.onInstalled.addListener(remind);
browser.runtime.onInstalled.addListener(({ reason }) => void (reason === 'install' && status()));
browser.runtime.onInstalled.addListener(openAfterInstallation);
