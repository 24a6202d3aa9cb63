/**
 * How often a tab may open and close windows. A tab whose page takes its requests back again and again, or whose windows
 * close before anybody can read them, waits, twice as long each time. A page that is left does not count: in the next one
 * no window opens before the person has touched it.
 *
 * @typedef {import('./types/Ending').Ending} Ending
 * @typedef {{count: number, until: number}} RateLimit `count`: in a row; `until`: when the next window may open
 */
import { load, save } from './session_state.js';

const RATE_LIMITS = 'rateLimits';
/** A window that is gone after less than this, in milliseconds, was gone before anybody could read it. */
const RAPID_CLOSE_MS = 1_000;
/** So many in a row have no wait. */
const FREE_CLOSES = 3;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** The most tabs that are remembered: those that wait shortest are forgotten first. */
const MAX_TABS = 200;

/** @param {number} tab */
export async function mustWait(tab) {
  return (await rateLimits())[tab]?.until > Date.now();
}

/**
 * Notes that a window of this tab is gone.
 *
 * @param {number} tab
 * @param {number} opened when
 * @param {Ending} ending
 */
export async function noteClosed(tab, opened, ending) {
  if (ending === 'left') return;
  const all = await rateLimits();
  const count = ending === 'taken-back' || Date.now() - opened < RAPID_CLOSE_MS ? (all[tab]?.count ?? 0) + 1 : 0;
  const wait = count > FREE_CLOSES ? Math.min(FIRST_WAIT_MS * 2 ** (count - FREE_CLOSES - 1), LONGEST_WAIT_MS) : 0;
  delete all[tab];
  if (count > 0) all[tab] = { count, until: Date.now() + wait };
  const longest = Object.entries(all).sort(([, one], [, other]) => other.until - one.until).slice(0, MAX_TABS);
  await save(RATE_LIMITS, Object.fromEntries(longest));
}

/** @param {number} tab that is closed */
export async function forgetTab(tab) {
  const { [tab]: gone, ...others } = await rateLimits();
  if (gone) await save(RATE_LIMITS, others);
}

/** @returns {Promise<Record<string, RateLimit>>} by tab */
function rateLimits() {
  return load(RATE_LIMITS, {});
}
