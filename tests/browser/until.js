/** Waiting for what has no event to wait for. */
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Asks again and again until the answer is true, or something.
 *
 * @template T
 * @param {string} what for the message if it never is
 * @param {() => T | Promise<T>} ask
 * @param {number} [patience] in milliseconds
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, patience = 15_000) {
  const end = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`Timed out after ${patience / 1000} s waiting until ${what}`);
    await pause(50);
  }
}
