/**
 * The background: listeners only. They are added synchronously, because a woken worker misses what is added later;
 * and nothing is remembered here that must outlive the worker: PIN sessions must not.
 */
import { browser } from './browser.js';
import { readDecisions } from './decisions.js';
import { grantsChanged, servePinSessions, signWindowClosed } from './pin_sessions.js';
import { tabClosed, windowClosed } from './requests.js';
import { route } from './router.js';

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

// Grants and denials are not for content scripts, which share a process with the page. Firefox has no such switch yet.
browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => {});

// Until the first Blob is made from a stream, Chromium does not look how much memory and disk there is, and allows 500 MiB
// of Blobs in all; those beyond cannot be read. A page's large document must not be among them: so at once, and not when
// a window opens, which is after the page has made it.
new Response(new Blob(['?']).stream()).blob();
// Wakes the worker when the browser starts; what it has to do then stands above.
browser.runtime.onStartup.addListener(() => {});
