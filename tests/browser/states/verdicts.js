/** What the host finds out about certificates, in the states of the screens. */
import { NOW } from './certificates.js';
import { event } from './steps.js';

/** @typedef {import('./certificates.js').Listed} Listed */

const SECONDS = NOW / 1000;
const ROOT = { id: 'ee'.repeat(32), owner: 'Минцифры России (демо)', serial: '00f1' };
const GOOD = { state: 'good', at: SECONDS - 3600, until: SECONDS + 86_400 };

/** @param {Listed} of */
function named(of) {
  const { owner, serial } = /** @type {{owner: string, serial: string}} */ (of.view);
  return { id: of.id, owner, serial };
}

/** @param {Listed} of @param {object} outcome @param {object} revocation @param {object} [more] */
function verdict(of, outcome, revocation, more = {}) {
  const { issuer } = /** @type {{issuer: string}} */ (of.view);
  const path = [named(of), { id: 'dd'.repeat(32), owner: issuer, serial: '00a2' }, ROOT];
  const anchor = { class: 'national', certificate: ROOT, list: 'Список аккредитованных УЦ', country: 'RU' };
  return event('verdict', { certificate: named(of), time: SECONDS, purpose: 'documents', outcome, path, anchor, revocation, ...more });
}

/** @param {Listed} of */
export const valid = (of) => verdict(of, { state: 'valid' }, GOOD);
/** @param {Listed} of */
export const revoked = (of) => verdict(of, { state: 'invalid', reason: { code: 'revoked' } }, { state: 'revoked', at: SECONDS - 20 * 86_400, reason: 'key-compromise' });
/** @param {Listed} of */
export const forged = (of) => verdict(of, { state: 'invalid', reason: { code: 'signature-invalid' } }, { state: 'not-asked' }, { anchor: undefined });
/** An authority above was revoked. @param {Listed} of */
export const issuerExpired = (of) => verdict(of, { state: 'invalid', reason: { code: 'expired', until: SECONDS - 5 * 86_400 }, about: { id: 'dd'.repeat(32), owner: /** @type {any} */ (of.view).issuer, serial: '00a2' } }, { state: 'not-asked' });
/** @param {Listed} of */
export const beingChecked = (of) => verdict(of, { state: 'unchecked', reason: { code: 'revocation-unknown' } }, { state: 'not-asked' });
/** @param {Listed} of */
export const offline = (of) => verdict(of, { state: 'unchecked', reason: { code: 'revocation-unknown' } }, { state: 'unavailable', why: 'no-evidence', failures: [{ address: 'http://ca.example/cdp/demo-ca-2026.crl', why: 'unreachable' }] });
/** @param {Listed} of */
export function issuerMissing(of) {
  const { issuer } = /** @type {{issuer: string}} */ (of.view);
  const outcome = { state: 'unchecked', reason: { code: 'issuer-missing', issuer }, missing: [{ issuer, of: named(of), addresses: ['http://ca.example/aia/demo-ca-2026.cer'] }] };
  return verdict(of, outcome, { state: 'not-asked' }, { path: [named(of)], anchor: undefined });
}
