/** The worker with a browser of its own, and those who talk to it. */
import assert from 'node:assert/strict';
import { fakeBrowser } from './fakes.js';

const shared = (globalThis.chrome = fakeBrowser());
const { tabClosed, windowClosed } = await import('../../extension/requests.js');
const { route } = await import('../../extension/router.js');

export const ID = '0123456789abcdef0123456789abcdef';
export const OTHER = 'f'.repeat(32);

/** A fresh worker. */
export async function background() {
  const browser = fakeBrowser();
  // The modules took the first browser they saw; every test gets the same one with new contents.
  Object.assign(shared, browser);
  return { browser: shared, route, windowClosed, tabClosed };
}

/** What the browser says about a page's content script. */
export function page(origin, { frame = 0, tab = 1, top = origin, incognito = false } = {}) {
  return { id: 'tamga', origin, url: `${origin}/page`, frameId: frame, tab: { id: tab, url: `${top}/top`, incognito } };
}
export const FIRST_RUN = { id: 'tamga', origin: 'chrome-extension://tamga', url: 'chrome-extension://tamga/first_run/first_run.html', frameId: 0, tab: { id: 1, url: 'chrome-extension://tamga/first_run/first_run.html' } };
export const POPUP = { id: 'tamga', url: 'chrome-extension://tamga/popup/popup.html' };
export const open = (id = ID, scope = 'sign') => ({ type: 'open', id, scope, touched: true });
export const ALWAYS = { origin: 'https://frame.example', topOrigin: 'https://a.example', scope: 'sign', decision: 'always', since: 0, until: 8.64e15 };
export const refusal = (origin, until) => ({ origin, scope: 'sign', count: 1, until });
/** The number of a request. */
export const number = (count) => count.toString(16).padStart(32, '0');
export const refused = (code) => ({ type: 'refused', failure: { code } });

/** Refused for now: the page hears for how long, in milliseconds. */
export function isDeniedFor(answer, milliseconds) {
  const { code, retryAfter } = answer.failure;
  assert.equal(code, 'PERMISSION_DENIED');
  assert.ok(retryAfter > milliseconds - 5_000 && retryAfter <= milliseconds, `${retryAfter}`);
}
