/**
 * node scripts/packaging/crx.js KEY ZIP FILE: signs an extension as Chromium wants it (CRX, version 3).
 * node scripts/packaging/crx.js KEY: prints the id that it has then.
 *
 * KEY is RSA in PEM. The signature is PKCS #1 v1.5 with SHA-256, which is the same each time. The format is that of
 * Chromium's components/crx_file: "Cr24", version, length of the header, the header, which is a protocol buffer, the zip.
 */
const { createHash, createPrivateKey, createPublicKey, sign } = require('node:crypto');
const { readFileSync, writeFileSync } = require('node:fs');

const VERSION = 3;
/** Numbers of fields in CrxFileHeader, AsymmetricKeyProof and SignedData. */
const SHA256_WITH_RSA = 2;
const SIGNED_HEADER_DATA = 10_000;
const PUBLIC_KEY = 1;
const SIGNATURE = 2;
const CRX_ID = 1;

/** A field of a protocol buffer that holds bytes. @param {number} field @param {Buffer} bytes */
const bytesField = (field, bytes) => Buffer.concat([variableInteger(field * 8 + 2), variableInteger(bytes.length), bytes]);

/** @param {number} value */
function variableInteger(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return Buffer.from([...bytes, value]);
}

/** Little-endian, 32 bits. @param {number} value */
function uint32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** @param {import('node:crypto').KeyObject} key @returns {Buffer} the public key in DER, from which the id follows */
const publicKey = (key) => createPublicKey(key).export({ type: 'spki', format: 'der' });

/** @param {Buffer} spki */
const rawId = (spki) => createHash('sha256').update(spki).digest().subarray(0, 16);

/** The id of the extension that is signed with this key: the digits of half a SHA-256 as letters from a to p. @param {string} pem */
function extensionId(pem) {
  const hex = rawId(publicKey(createPrivateKey(pem))).toString('hex');
  return [...hex].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
}

/** @param {Buffer} zip @param {string} pem */
function signed(zip, pem) {
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'rsa') throw new Error('The key is not RSA');
  const spki = publicKey(key);
  const data = bytesField(CRX_ID, rawId(spki));
  const signature = sign('sha256', Buffer.concat([Buffer.from('CRX3 SignedData\0'), uint32(data.length), data, zip]), key);
  const proof = Buffer.concat([bytesField(PUBLIC_KEY, spki), bytesField(SIGNATURE, signature)]);
  const header = Buffer.concat([bytesField(SHA256_WITH_RSA, proof), bytesField(SIGNED_HEADER_DATA, data)]);
  return Buffer.concat([Buffer.from('Cr24'), uint32(VERSION), uint32(header.length), header, zip]);
}

const [key, zip, file] = process.argv.slice(2);
const pem = readFileSync(key, 'utf8');
if (file) writeFileSync(file, signed(readFileSync(zip), pem));
else process.stdout.write(extensionId(pem));
