/** Certificates of people who do not exist, made on the spot: the screens read them and verify nothing. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

/** The present of every screen. */
export const NOW = Date.UTC(2027, 0, 15, 9);
const DAY = 24 * 60 * 60 * 1000;

const OIDS = {
  commonName: '2.5.4.3',
  surname: '2.5.4.4',
  serialNumber: '2.5.4.5',
  country: '2.5.4.6',
  organization: '2.5.4.10',
  organizationalUnit: '2.5.4.11',
  title: '2.5.4.12',
  givenName: '2.5.4.42',
  ogrn: '1.2.643.100.1',
  innLegalEntity: '1.2.643.100.4',
  inn: '1.2.643.3.131.1.1',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  gost: '1.2.643.7.1.1.1.1',
  gostParameters: '1.2.643.7.1.2.1.1.1',
  streebog: '1.2.643.7.1.1.2.2',
};
/** keyUsage: digitalSignature and nonRepudiation, or keyEncipherment and dataEncipherment. */
const SIGNS = Buffer.from([6, 0xc0]);
const ENCRYPTS = Buffer.from([4, 0x30]);

const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const EC_KEY = authority.publicKey.export({ type: 'spki', format: 'der' });
const GOST_KEY = tlv(0x30,
  tlv(0x30, oid(OIDS.gost), tlv(0x30, oid(OIDS.gostParameters), oid(OIDS.streebog))),
  tlv(0x03, Buffer.from([0]), tlv(0x04, createHash('sha512').update('a key').digest())));
const ALGORITHM = tlv(0x30, oid(OIDS.ecdsaWithSha256));

/**
 * @typedef {object} Person
 * @property {[string, string][]} subject labels and values
 * @property {string} [issuer]
 * @property {[number, number]} [days] when it becomes and ceases to be valid, from `NOW`
 * @property {boolean} [encrypts] instead of signing
 * @property {boolean} [gost] what kind of key
 * @property {string[]} [purposes] extended key usages
 */

/**
 * @param {Person} person
 * @returns {{id: string, certificate: string}} as in a `KeyEntry`
 */
export function certificate({ subject, issuer = 'АО «Удостоверяющий центр (демо)»', days = [-60, 650], encrypts, gost, purposes = [] }) {
  const usage = extension(OIDS.keyUsage, true, tlv(0x03, encrypts ? ENCRYPTS : SIGNS));
  const extended = purposes.length ? [extension(OIDS.extendedKeyUsage, false, tlv(0x30, ...purposes.map(oid)))] : [];
  const content = tlv(0x30,
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x4a]), createHash('sha256').update(JSON.stringify([subject, days])).digest().subarray(0, 9)])),
    ALGORITHM,
    name([['country', 'RU'], ['commonName', issuer]]),
    tlv(0x30, ...days.map(time)),
    name(subject),
    gost ? GOST_KEY : EC_KEY,
    tlv(0xa3, tlv(0x30, usage, ...extended)));
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', content, authority.privateKey));
  const der = tlv(0x30, content, ALGORITHM, signature);
  return { id: createHash('sha256').update(der).digest('hex'), certificate: der.toString('base64') };
}

/** @param {[string, string][]} attributes */
function name(attributes) {
  return tlv(0x30, ...attributes.map(([label, value]) => tlv(0x31, tlv(0x30, oid(OIDS[label]), tlv(0x0c, Buffer.from(value))))));
}

/** @param {string} type @param {boolean} critical @param {Buffer} value */
function extension(type, critical, value) {
  return tlv(0x30, oid(type), ...(critical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value));
}

/** @param {number} days from `NOW` */
function time(days) {
  const digits = new Date(NOW + days * DAY).toISOString().replace(/\D/g, '');
  return tlv(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

/** @param {string} dotted */
function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return tlv(0x06, Buffer.from(bytes));
}

/** Tag, length, value (X.690 §8.1). @param {number} tag @param {...Buffer} parts */
function tlv(tag, ...parts) {
  const value = Buffer.concat(parts);
  const length = value.length < 0x80 ? [value.length] : [0x82, value.length >> 8, value.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}
