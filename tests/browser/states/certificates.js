/** Certificates of people who do not exist, as the host says what it has read in them. */
import { createHash } from 'node:crypto';

/** The present of every screen. */
export const NOW = Date.UTC(2027, 0, 15, 9);
const SECONDS_PER_DAY = 24 * 60 * 60;

const EC_KEY = { key: 'EC P-256', digest: 'SHA-256' };
const GOST_KEY = { key: 'GOST R 34.10-2012', keyKind: 'gostR2012_256', digest: 'Streebog-256' };
const SIGNS = ['digitalSignature', 'nonRepudiation'];
const ENCRYPTS = ['keyEncipherment', 'dataEncipherment'];

/** @typedef {{id: string, certificate: string, view: object}} Listed as in a `KeyEntry` */

/**
 * @typedef {object} Person
 * @property {[string, string][]} subject labels and values
 * @property {string} [issuer]
 * @property {[number, number]} [days] when it becomes and ceases to be valid, from `NOW`
 * @property {boolean} [encrypts] instead of signing
 * @property {boolean} [gost] what kind of key
 * @property {string} [holder] what the person is
 * @property {string[]} [purposes] extended key usages
 */

/**
 * @param {Person} person
 * @returns {Listed}
 */
export function certificate({ subject, issuer = 'АО «Удостоверяющий центр (демо)»', days = [-60, 650], encrypts, gost, holder, purposes = [] }) {
  // The screens pass the certificate on and do not read it.
  const content = createHash('sha256').update(JSON.stringify([subject, days])).digest();
  const [notBefore, notAfter] = days.map((day) => Math.round(NOW / 1000 + day * SECONDS_PER_DAY));
  const [, owner] = /** @type {[string, string]} */ (subject.find(([label]) => label === 'commonName'));
  const view = {
    owner,
    ownerDetails: subject.map(([label, value]) => ({ label, value })),
    issuer,
    serial: `4a${content.toString('hex', 0, 9)}`,
    notBefore,
    notAfter,
    ...(holder && { holder }),
    usages: [...(encrypts ? ENCRYPTS : SIGNS), ...purposes],
    ...(gost ? GOST_KEY : EC_KEY),
    ...(encrypts && { defect: 'CERTIFICATE_UNFIT' }),
  };
  return { id: createHash('sha256').update(content).digest('hex'), certificate: content.toString('base64'), view };
}
