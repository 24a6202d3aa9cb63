/** What sites ask of the sign window, and what its script reports of the documents. */
import { createHash } from 'node:crypto';
import { NOW } from './certificates.js';
import { ALLOWED } from './fixtures.js';
import { event } from './steps.js';

const NAMES = [['Договор поставки № 17 от 12.01.2027.pdf', 184_320, 'pdf'], ['Счёт-фактура 2027-0142.xml', 9_216, 'text'], ['Скан доверенности.png', 1_572_864, 'png'],
  ['Чертёж ротора.dwg', 7_340_032, 'other'], ['Өтініш.txt', 812, 'text']];

/** What the document at this place is. @param {number} index */
function document(index) {
  const [name, size, kind] = NAMES[index % NAMES.length];
  const copy = Math.floor(index / NAMES.length);
  return { name: copy ? String(name).replace('.', ` (${copy + 1}).`) : String(name), size: Number(size), kind: String(kind) };
}

/** A request to sign so many documents. @param {number} count @param {object} [more] */
export function documents(count, more = {}) {
  return { type: 'sign', documents: Array.from({ length: count }, (_, index) => document(index)).map(({ name, size }) => ({ name, size })), ...more };
}

/** A request to sign so many digests. @param {number} count */
export function hashes(count) {
  return { type: 'sign', hashes: Array.from({ length: count }, (_, index) => ({ name: document(index).name, algorithm: 'SHA-256', value: digest(index) })) };
}

/** @param {number} index */
function digest(index) {
  return createHash('sha256').update(String(index)).digest('hex');
}

/**
 * The window's script has the request, of a site that may ask.
 *
 * @param {object} command
 * @param {object} [more] what is different with the request
 */
export function asked(command, more = {}) {
  return event('requested', {
    origin: 'https://zakupki.example',
    topOrigin: null,
    command: JSON.stringify(command),
    policy: JSON.stringify(ALLOWED),
    lastCertificate: null,
    dialog: null,
    privateWindow: false,
    pinSessions: [],
    now: NOW,
    ...more,
  });
}

/** The host has read the documents from one place to before another. @param {number} count @param {string} [algorithm] @param {number} [from] */
export function read(count, algorithm = 'Streebog-256', from = 0) {
  return Array.from({ length: count - from }, (_, place) => from + place).map((index) => event('read', {
    index, document: index + 1, digest: { algorithm, value: digest(index) }, kind: document(index).kind, kept: true,
  }));
}

/** The host has signed so many of its items. @param {number} count */
export function signed(count) {
  return Array.from({ length: count }, (_, index) => event('item-signed', { index }));
}
