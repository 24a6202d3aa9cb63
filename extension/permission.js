/**
 * Which sites may ask now, by the stored decisions: for the worker, which has no WebAssembly. `Policy` in `wasm-core`
 * decides the same once more before a screen is shown.
 *
 * @typedef {import('./types/Scope').Scope} Scope
 * @typedef {{origin: string, topOrigin: string | null}} Site
 */
import { readDecisions } from './decisions.js';
import { covers } from './origin.js';

/**
 * Whether the person allowed the site to ask always, for signatures or for a certificate.
 *
 * @param {Site} site
 * @param {boolean} isPrivate
 */
export async function mayAlwaysAsk({ origin, topOrigin }, isPrivate) {
  const { grants = [], sessionGrants = [] } = await readDecisions(isPrivate);
  return [...grants, ...sessionGrants].some(
    (grant) => grant.decision === 'always' && grant.origin === origin && (grant.topOrigin ?? null) === topOrigin && Number(grant.until) > Date.now(),
  );
}

/**
 * Until when refusals, of this site or of one that covers it, keep it from asking: 0 if none does, infinity if it was
 * refused for good.
 *
 * @param {Scope} scope
 * @param {Site} site
 * @param {boolean} isPrivate
 * @returns {Promise<number>}
 */
export async function refusedUntil(scope, site, isPrivate) {
  const { grants = [], refusals = [] } = await readDecisions(isPrivate);
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
