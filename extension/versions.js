/**
 * Which half is older than the other. The browser updates the extension, somebody else the host, months later; nobody is
 * asked what the newest versions are: each half knows its own.
 *
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {import('./types/Reply').Reply & {type: 'hello'}} Hello
 */
import { browser } from './browser.js';

/** What is spoken, as `ProtocolRange::OWN` in wasm-core/src/protocol/hello.rs. */
export const PROTOCOL = 1;
export const OLDEST_PROTOCOL = 1;

/**
 * The oldest host that this version works with. The newest one that it knows has its own version: both are made of one
 * source.
 */
export const OLDEST_HOST = '0.1.0';

/**
 * The half that is to be updated, as a failure that says how; null if both are of one version.
 *
 * @param {Hello} hello
 * @returns {{failure: Failure, works: boolean} | null} `works`: they understand each other nevertheless
 */
export function outdated(hello) {
  const { oldest, newest } = hello.protocols ?? { oldest: hello.protocol, newest: hello.protocol };
  if (newest < OLDEST_PROTOCOL || compare(hello.version, OLDEST_HOST) < 0) return { failure: hostOutdated(hello), works: false };
  if (oldest > PROTOCOL) return { failure: { code: 'EXTENSION_OUTDATED' }, works: false };
  const order = compare(hello.version, browser.runtime.getManifest().version);
  if (order === 0) return null;
  return { failure: order < 0 ? hostOutdated(hello) : { code: 'EXTENSION_OUTDATED' }, works: true };
}

/** @param {Hello} hello @returns {Failure} */
function hostOutdated({ package: kind }) {
  return { code: 'HOST_OUTDATED', ...(kind && { package: kind }) };
}

/**
 * Which of two versions comes first: below 0 if `one` does. What follows their numbers does not count.
 *
 * @param {string} one
 * @param {string} other
 */
export function compare(one, other) {
  const [numbers, others] = [one, other].map((version) => version.split(/[-+]/)[0].split('.').map((part) => parseInt(part, 10) || 0));
  for (let place = 0; place < Math.max(numbers.length, others.length); place++) {
    const order = (numbers[place] ?? 0) - (others[place] ?? 0);
    if (order !== 0) return order;
  }
  return 0;
}
