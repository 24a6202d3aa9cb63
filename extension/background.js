/**
 * The background: listeners only. They are added synchronously, because a woken worker misses what is added later;
 * and nothing is remembered here that must outlive the worker.
 */
import { browser } from './browser.js';
import { route, windowClosed } from './router.js';

browser.runtime.onMessage.addListener((message, sender, respond) => {
  const answer = route(message, sender);
  answer?.then(respond);
  return answer !== null;
});
browser.windows.onRemoved.addListener(windowClosed);

// Grants and doors are not for content scripts, which share a process with the page. Firefox has no such switch yet.
browser.storage.local.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' }).catch(() => {});
