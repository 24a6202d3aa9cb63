/**
 * Which sites may ask now, by the stored decisions: for the worker, which has no WebAssembly. `Policy` in `wasm-core`
 * decides the same once more before a screen is shown.
 *
 * @typedef {import('./types/Scope').Scope} Scope
 * @typedef {{origin: string, topOrigin: string | null}} Site
 */
import { readDecisions } from './decisions.js';
import { isAllowed, isGranted, managed } from './managed.js';
import { covers } from './origin.js';

/**
 * Whether the person or the administrator allowed the site to ask always, for signatures or for a certificate.
 *
 * @param {Site} site
 * @param {boolean} isPrivate
 */
export async function mayAlwaysAsk(site, isPrivate) {
  const [{ grants = [], sessionGrants = [] }, fixed] = await Promise.all([readDecisions(isPrivate), managed()]);
  if (!isAllowed(fixed, site)) return false;
  const { origin, topOrigin } = site;
  return isGranted(fixed, site) || [...grants, ...sessionGrants].some(
    (grant) => grant.decision === 'always' && grant.origin === origin && (grant.topOrigin ?? null) === topOrigin && Number(grant.until) > Date.now(),
  );
}

/**
 * Whether the administrator lets the site use Tamga.
 *
 * @param {Site} site
 */
export async function mayUse(site) {
  return isAllowed(await managed(), site);
}

/**
 * Until when refusals, of this site or of one that covers it, keep it from asking: 0 if none does, infinity if it was
 * refused for good, or the administrator does not let it use Tamga.
 *
 * @param {Scope} scope
 * @param {Site} site
 * @param {boolean} isPrivate
 * @returns {Promise<number>}
 */
export async function refusedUntil(scope, site, isPrivate) {
  const [{ grants = [], refusals = [] }, isUsable] = await Promise.all([readDecisions(isPrivate), mayUse(site)]);
  if (!isUsable) return Infinity;
  const never = grants.filter(({ decision }) => decision === 'never').map((grant) => ({ ...grant, until: Infinity }));
  const holding = [...never, ...refusals].filter((it) => it.scope === scope && it.until > Date.now() && covers(it, site));
  return Math.max(0, ...holding.map(({ until }) => until));
}

/**
 * What a refused page hears: in how many milliseconds it may ask again, unless it was refused for good.
 *
 * @param {number} until when it is refused
 * @returns {{code: 'PERMISSION_DENIED', retryAfter?: number}}
 */
export function denied(until) {
  const retryAfter = until - Date.now();
  return { code: 'PERMISSION_DENIED', ...(retryAfter > 0 && Number.isFinite(retryAfter) && { retryAfter }) };
}
