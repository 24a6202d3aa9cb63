/**
 * What the administrator has decided for this browser: `manifests/policy.json` says what there is, Chromium and Firefox keep
 * it from the person. A value that makes no sense is not used and named on the options page, and never allows more than the
 * right one could have: of a list of sites only what can be read counts, and none where it is no list.
 *
 * @typedef {import('./types/Scope').Scope} Scope
 * @typedef {{origin: string, topOrigin?: string, scopes: Scope[]}} ManagedGrant a site that need not ask
 * @typedef {object} Managed
 * @property {string[] | null} allowedSites the sites that may use Tamga; null: all
 * @property {ManagedGrant[]} grants
 * @property {'window' | 'system' | null} pinEntry
 * @property {{tamga: boolean}} contracts which interfaces for sites are on
 * @property {'ru' | 'kk' | 'en' | null} language
 * @property {boolean} firstRunPage whether a page opens after the installation
 * @property {string[]} problems what is not used
 */
import { browser } from './browser.js';
import { secureOrigin } from './origin.js';

/** The most entries of a list. */
const MAX_ENTRIES = 1000;
/** @type {Scope[]} */
const SCOPES = ['certificate', 'sign'];
const BELOW = '://*.';

/** What the administrator has decided. @returns {Promise<Managed>} */
export async function managed() {
  try {
    return parse(await browser.storage.managed.get(null));
  } catch (error) {
    // Firefox's way to say that there is nothing.
    const isNone = /not found/i.test(String(error instanceof Error ? error.message : error));
    return parse({}, isNone ? [] : ['*']);
  }
}

/**
 * Whether the administrator lets a site use Tamga at all, and the page around it.
 *
 * @param {Managed} managed
 * @param {{origin: string, topOrigin: string | null}} site
 */
export function isAllowed({ allowedSites, contracts }, { origin, topOrigin }) {
  if (!contracts.tamga) return false;
  if (!allowedSites) return true;
  return [origin, topOrigin ?? origin].every((asked) => allowedSites.some((allowed) => fits(allowed, asked)));
}

/**
 * Whether the administrator has granted something to a site.
 *
 * @param {Managed} managed
 * @param {{origin: string, topOrigin: string | null}} site
 */
export function isGranted({ grants }, { origin, topOrigin }) {
  return grants.some((grant) => grant.origin === origin && (grant.topOrigin ?? null) === topOrigin);
}

/**
 * Whether an origin is the one that is allowed, or below it: `https://*.example.org`.
 *
 * @param {string} allowed
 * @param {string} origin
 */
export function fits(allowed, origin) {
  if (!allowed.includes(BELOW)) return allowed === origin;
  const [parent, asked] = [new URL(allowed.replace(BELOW, '://')), new URL(origin)];
  return asked.hostname.endsWith(`.${parent.hostname}`) && asked.protocol === parent.protocol && asked.port === parent.port;
}

/**
 * @param {Record<string, unknown>} values
 * @param {string[]} [problems]
 * @returns {Managed}
 */
export function parse(values, problems = []) {
  const known = ['allowedSites', 'grants', 'pinEntry', 'contracts', 'language', 'firstRunPage'];
  problems.push(...Object.keys(values).filter((key) => !known.includes(key)));
  /** @type {<T>(key: string, value: T | null) => T | null} */
  const checked = (key, value) => {
    if (value === null && values[key] !== undefined) problems.push(key);
    return value;
  };
  const allowed = values.allowedSites === undefined ? null : entries('allowedSites', values.allowedSites, allowedSite, problems);
  return {
    allowedSites: allowed,
    grants: values.grants === undefined ? [] : entries('grants', fromJson(values.grants), grant, problems),
    pinEntry: checked('pinEntry', oneOf(values.pinEntry, ['window', 'system'])),
    contracts: { tamga: contract(values.contracts, problems) },
    language: checked('language', oneOf(values.language, ['ru', 'kk', 'en'])),
    firstRunPage: checked('firstRunPage', flag(values.firstRunPage)) ?? true,
    problems,
  };
}

/**
 * The entries of a list that can be read.
 *
 * @template T
 * @param {string} key
 * @param {unknown} list
 * @param {(entry: unknown) => T | null} read
 * @param {string[]} problems
 * @returns {T[]}
 */
function entries(key, list, read, problems) {
  if (!Array.isArray(list)) {
    problems.push(key);
    return [];
  }
  if (list.length > MAX_ENTRIES) problems.push(`${key}[${MAX_ENTRIES}]`);
  return list.slice(0, MAX_ENTRIES).flatMap((entry, index) => {
    const value = read(entry);
    if (value === null) problems.push(`${key}[${index}]`);
    return value === null ? [] : [value];
  });
}

/** `https://example.org`, or `https://*.example.org` for all below it. @param {unknown} entry */
function allowedSite(entry) {
  if (typeof entry !== 'string') return null;
  const parent = originOf(entry.replace(BELOW, '://'));
  if (parent === null) return null;
  return entry.includes(BELOW) ? parent.replace('://', BELOW) : parent;
}

/** @param {unknown} entry @returns {ManagedGrant | null} */
function grant(entry) {
  if (!isObject(entry)) return null;
  const { origin, topOrigin, scopes, ...unknown } = entry;
  const [frame, top] = [originOf(origin), originOf(topOrigin)];
  const scopesAreKnown = Array.isArray(scopes) && scopes.length > 0 && scopes.every((scope) => SCOPES.includes(scope));
  // What is not understood may have been a condition.
  if (frame === null || (topOrigin !== undefined && top === null) || !scopesAreKnown || Object.keys(unknown).length > 0) return null;
  return { origin: frame, ...(top !== null && top !== frame && { topOrigin: top }), scopes };
}

/** Whether our own interface is on: unless it is turned off, or what is said of it makes no sense. @param {unknown} contracts @param {string[]} problems */
function contract(contracts, problems) {
  if (contracts === undefined) return true;
  if (!isObject(contracts)) {
    problems.push('contracts');
    return false;
  }
  const { tamga = true, ...unknown } = contracts;
  problems.push(...Object.keys(unknown).map((name) => `contracts.${name}`));
  const isOn = flag(tamga);
  if (isOn === null) problems.push('contracts.tamga');
  return isOn ?? false;
}

/** An origin as browsers write it; a path would say more than is meant. @param {unknown} text */
function originOf(text) {
  if (typeof text !== 'string') return null;
  const origin = secureOrigin(text);
  return origin === text || `${origin}/` === text ? origin : null;
}

/** Firefox has numbers of the registry of Windows as they are. @param {unknown} value */
function flag(value) {
  if (value === 0 || value === 1) return value === 1;
  return typeof value === 'boolean' ? value : null;
}

/** The registry of Windows has no objects: there they are written as JSON. @param {unknown} value @returns {unknown} */
function fromJson(value) {
  try {
    return typeof value === 'string' ? JSON.parse(value) : value;
  } catch {
    return value;
  }
}

/**
 * @template T
 * @param {unknown} value
 * @param {T[]} choices
 * @returns {T | null}
 */
function oneOf(value, choices) {
  return choices.find((choice) => choice === value) ?? null;
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
