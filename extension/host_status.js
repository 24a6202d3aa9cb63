/**
 * Whether the host can be reached, for pages that may know. One check answers everybody for a while, so that no site can
 * start hosts at will.
 *
 * @typedef {import('./types/HostStatus').HostStatus} HostStatus
 */
import { browser } from './browser.js';
import { Host } from './native.js';
import { showHost } from './toolbar_icon.js';

/** For how long one check answers, in milliseconds. */
const LIFETIME = 5_000;
/** What other pages hear. @type {HostStatus} */
export const UNDISCLOSED = { extensionVersion: null, hostVersion: null, problem: null };

/**
 * Why there is no host: which of these it is, is the person's business.
 *
 * @type {Set<import('./types/ErrorCode').ErrorCode>}
 */
const UNREACHABLE = new Set(['HOST_BLOCKED', 'HOST_FORBIDDEN', 'HOST_GARBLED', 'HOST_NOT_STARTED']);

/** @type {{until: number, status: Promise<HostStatus>} | null} */
let health = null;

/** @returns {Promise<HostStatus>} */
export function status() {
  if (!health || health.until < Date.now()) {
    const checked = check();
    const current = { until: Infinity, status: checked };
    checked.finally(() => {
      current.until = Date.now() + LIFETIME;
    });
    health = current;
  }
  return health.status;
}

/** @returns {Promise<HostStatus>} */
async function check() {
  const extensionVersion = browser.runtime.getManifest().version;
  try {
    const host = await Host.open();
    host.close();
    showHost(false);
    return { extensionVersion, hostVersion: host.version, problem: null };
  } catch (failure) {
    showHost(true);
    const { code } = /** @type {import('./types/Failure').Failure} */ (failure);
    return { extensionVersion, hostVersion: null, problem: problemOf(code) };
  }
}

/** @param {import('./types/ErrorCode').ErrorCode} code @returns {HostStatus['problem']} */
function problemOf(code) {
  if (UNREACHABLE.has(code)) return 'HOST_MISSING';
  return code === 'EXTENSION_OUTDATED' ? 'HOST_OUTDATED' : code;
}
