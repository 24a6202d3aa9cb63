/**
 * Origins as the worker judges them, which has no WebAssembly: `Origin` and `Site::covers` in `wasm-core` decide the same
 * once more before a screen is shown. Both sides are tested with the same tables: `wasm-core/src/origin/secure.json` and
 * `wasm-core/src/policy/coverage.json`.
 *
 * @typedef {{origin: string, topOrigin?: string | null}} Site `topOrigin`: of the page around the frame, where it is another
 */

/** The longest origin: scheme, a 253-byte host name (RFC 1035 §2.3.4) and a port. */
const MAX_LENGTH = 270;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)$/;
/** The hosts that are trustworthy without https (W3C Secure Contexts §3.1). */
const THIS_COMPUTER = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The origin of a URL if it is https, or http on this computer; or else null.
 *
 * @param {string} [address]
 * @returns {string | null}
 */
export function secureOrigin(address = '') {
  if (!URL.canParse(address)) return null;
  const { origin, protocol, hostname, port } = new URL(address);
  if (origin.length > MAX_LENGTH || !HOST.test(hostname) || port === '0') return null;
  return protocol === 'https:' || (protocol === 'http:' && THIS_COMPUTER.test(hostname)) ? origin : null;
}

/**
 * Whether a refusal of the one site refuses the other too.
 *
 * @param {Site} refused
 * @param {Site} site that asks
 */
export function covers(refused, site) {
  const frame = originCovers(refused.origin, site.origin);
  if (!refused.topOrigin) return frame || originCovers(refused.origin, site.topOrigin ?? site.origin);
  return frame && originCovers(refused.topOrigin, site.topOrigin ?? '');
}

/**
 * @param {string} origin
 * @param {string} other
 */
function originCovers(origin, other) {
  if (!URL.canParse(origin) || !URL.canParse(other)) return false;
  const [one, two] = [new URL(origin), new URL(other)];
  const related = two.hostname === one.hostname || two.hostname.endsWith(`.${one.hostname}`);
  return related && one.protocol === two.protocol && (one.protocol === 'https:' || one.port === two.port);
}
