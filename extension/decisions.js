/**
 * Where the person's decisions about sites are stored. What they mean is Rust (`wasm-core/src/policy.rs`); this reads
 * and writes them, and answers for the worker, which has no WebAssembly, who may not ask now.
 *
 * Decisions of private windows are kept in memory, apart from all others, as long as one of those windows is open.
 *
 * @typedef {import('./types/Grant').Grant} Grant
 * @typedef {import('./types/Refusal').Refusal} Refusal
 * @typedef {{origin: string, topOrigin: string | null}} Site
 * @typedef {'sign' | 'certificate'} Kind
 * @typedef {{grants?: Grant[], sessionGrants?: Grant[], refusals?: Refusal[], denials?: Record<string, number>}} Decisions
 *   `denials`: until when nobody asks the person, by `<kind> <origin> <top origin or ->`; `sessionGrants` end with the browser
 * @typedef {{decisions: Decisions, windows: number[]}} PrivateDecisions `windows`: that were open when they were stored
 */
import { browser } from './browser.js';

/** As in `wasm-core/src/policy.rs`. */
const FOREVER = 8_640_000_000_000_000;
const LASTING = ['grants', 'refusals', 'denials'];
const OF_SESSION = 'sessionGrants';
const OF_PRIVATE_WINDOWS = 'privateDecisions';

/**
 * @param {boolean} isPrivate whether of private windows
 * @returns {Promise<Decisions>}
 */
export async function readDecisions(isPrivate) {
  if (isPrivate) return readPrivate();
  const [lasting, ofSession] = await Promise.all([browser.storage.local.get(LASTING), browser.storage.session.get(OF_SESSION)]);
  const { grants, refusals, denials } = /** @type {Decisions} */ (lasting);
  return { grants, refusals, denials, sessionGrants: /** @type {Decisions} */ (ofSession).sessionGrants };
}

/**
 * @param {Decisions} decisions all of them
 * @param {boolean} isPrivate
 */
export async function writeDecisions({ sessionGrants, ...lasting }, isPrivate) {
  if (isPrivate) return browser.storage.session.set({ [OF_PRIVATE_WINDOWS]: { decisions: lasting, windows: await privateWindows() } });
  // Both at once: the window may be closed the next moment, and what was asked of the browser by then is done.
  await Promise.all([browser.storage.local.set(lasting), browser.storage.session.set({ [OF_SESSION]: sessionGrants })]);
}

/**
 * Whether the person has said that the site need not ask, for one thing or the other.
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
 * Until when refusals, of this site or of one that covers it, keep it from asking; 0 if none does.
 *
 * @param {Kind} kind
 * @param {Site} site
 * @param {boolean} isPrivate
 * @returns {Promise<number>}
 */
export async function refusedUntil(kind, site, isPrivate) {
  const { denials = {} } = await readDecisions(isPrivate);
  const refusals = Object.entries(denials).filter(([denialKey, until]) => {
    const [scope, origin, top] = denialKey.split(' ');
    return until > Date.now() && scope === kind && covers({ origin, topOrigin: top === '-' ? null : top }, site);
  });
  return Math.max(0, ...refusals.map(([, until]) => until));
}

/**
 * What a refused page hears: in so many milliseconds it may ask again, unless it was refused for good.
 *
 * @param {number} until when it is refused
 * @returns {{code: 'PERMISSION_DENIED', retryAfter?: number}}
 */
export function denied(until) {
  const retryAfter = until - Date.now();
  return { code: 'PERMISSION_DENIED', ...(retryAfter > 0 && until < FOREVER && { retryAfter }) };
}

/**
 * Whether who refuses the one site refuses the other too: `Site::covers` in `wasm-core/src/policy.rs`, with the same
 * cases as tests (`coverage.json`).
 *
 * @param {Site} refused
 * @param {Site} site that asks
 */
export function covers(refused, site) {
  const frame = originCovers(refused.origin, site.origin);
  if (refused.topOrigin === null) return frame || originCovers(refused.origin, site.topOrigin ?? site.origin);
  return frame && site.topOrigin !== null && originCovers(refused.topOrigin, site.topOrigin);
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

/** @returns {Promise<Decisions>} */
async function readPrivate() {
  const { [OF_PRIVATE_WINDOWS]: stored } = await browser.storage.session.get({ [OF_PRIVATE_WINDOWS]: { decisions: {}, windows: [] } });
  const { decisions, windows } = /** @type {PrivateDecisions} */ (stored);
  const open = await privateWindows();
  return windows.some((window) => open.includes(window)) ? decisions : {};
}

async function privateWindows() {
  const windows = await browser.windows.getAll();
  return windows.filter(({ incognito }) => incognito).map(({ id }) => /** @type {number} */ (id));
}
