/**
 * How Tamga does, for pages that may know. One look at the host serves everybody for a while, so that no site can start
 * hosts at will.
 *
 * @typedef {import('./types/ErrorCode').ErrorCode} ErrorCode
 * @typedef {{extensionVersion: string | null, hostVersion: string | null, problem: ErrorCode | null}} Status
 */
import { browser } from './browser.js';
import { Host } from './native.js';

/** For how long one look answers, in milliseconds. */
const LIFETIME = 5_000;
/** @type {Status} */
export const UNTOLD = { extensionVersion: null, hostVersion: null, problem: null };

/** @type {{until: number, status: Promise<Status>} | null} */
let health = null;

/** @returns {Promise<Status>} */
export function status() {
  if (!health || health.until < Date.now()) {
    const looking = look();
    const current = { until: Infinity, status: looking };
    looking.finally(() => {
      current.until = Date.now() + LIFETIME;
    });
    health = current;
  }
  return health.status;
}

/** @returns {Promise<Status>} */
async function look() {
  const extensionVersion = browser.runtime.getManifest().version;
  try {
    const host = await Host.open();
    host.close();
    return { extensionVersion, hostVersion: host.version, problem: null };
  } catch (failure) {
    return { extensionVersion, hostVersion: null, problem: /** @type {{code: ErrorCode}} */ (failure).code };
  }
}
