/**
 * What shows, without a host and without network, that the computer's clock is wrong: nobody is reminded by such a clock.
 *
 * @typedef {import('./types/ClockDoubt').ClockDoubt} ClockDoubt
 */
import { browser } from './browser.js';

/** As `RELEASED` in wasm-core/src/clock.rs, in seconds since 1970. */
export const RELEASED = 1_793_491_200;
/** The name under which stands the latest time that the clock has shown, in milliseconds since 1970. */
export const LATEST = 'latestTime';
const HOUR_MS = 3_600_000;
/** So far back a clock may go that is right: people travel. */
const TOLERANCE_MS = 24 * HOUR_MS;

/** What is wrong with the clock now. @returns {Promise<ClockDoubt | null>} */
export async function clockDoubt() {
  const now = Date.now();
  if (now < RELEASED * 1000) return 'program';
  return now < (await latest()) - TOLERANCE_MS ? 'back' : null;
}

/** Notes what the clock shows, unless it is wrong. Of private windows nothing is kept. */
export async function noteTime() {
  if (browser.extension.inIncognitoContext || (await clockDoubt())) return;
  const now = Date.now();
  if (now > (await latest()) + HOUR_MS) await browser.storage.local.set({ [LATEST]: now });
}

/** The person knows that it is right now, and was wrong before. */
export async function trustClock() {
  await browser.storage.local.remove(LATEST);
}

async function latest() {
  const { [LATEST]: time } = await browser.storage.local.get({ [LATEST]: 0 });
  return typeof time === 'number' ? time : 0;
}
