/** The number on the toolbar's icon: of requests that wait, or else of days until the first certificate signs no more. */
import { browser } from './browser.js';
import { daysLeft } from './expiry.js';
import { reminders } from './terms.js';

const RED = '#b3261e';
const AMBER = '#8a5a00';

/** @param {number} waiting how many requests wait, those of private windows apart */
export async function showBadge(waiting) {
  // Chromium has a worker of its own for private windows, and one icon for both.
  if (browser.extension.inIncognitoContext) return;
  const { text, color } = waiting > 0 ? { text: `${waiting}`, color: RED } : await ofTerms();
  await browser.action.setBadgeBackgroundColor({ color });
  await browser.action.setBadgeText({ text });
}

async function ofTerms() {
  const [first] = await reminders();
  if (!first) return { text: '', color: RED };
  const days = daysLeft(first, Date.now());
  return days < 0 ? { text: '!', color: RED } : { text: `${days}`, color: AMBER };
}
