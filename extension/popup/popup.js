/**
 * The popup's carrier.
 *
 * @typedef {import('../types/PopupEffect').PopupEffect} Effect
 * @typedef {import('../types/PopupNews').PopupNews} News
 */
import { browser } from '../browser.js';
import { decide, host, openOptions, show, storedPolicy } from '../screen.js';

const page = currentPage();
const policy = storedPolicy();
const tell = await show('Popup', carryOut);
tell({ type: 'opened', page: await page, policy: await policy, now: Date.now() });

/**
 * @param {Effect} effect
 * @param {(news: News) => void} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      return host.open(tell);
    case 'list-certificates':
      return host.list(tell);
    case 'decide':
      return tell({ type: 'decided', policy: await decide(effect.change) });
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
