/** The states of the sign window in which it asks whether the site may. */
import { asked, documents } from './sign_requests.js';
import { CERTIFICATES, inFile, listing } from './fixtures.js';
import { event } from './steps.js';

/** @param {object} command @param {object} [more] what is different with the request */
const asking = (command, more) => [
  event('host-opened', { version: '0.1.0' }),
  event('listed', listing(inFile(CERTIFICATES.anna))),
  asked(command, { policy: '{}', ...more }),
];
const certificate = { type: 'get-certificate', filter: {} };
const FRAMED = { origin: 'https://sign.partner.example:8443', topOrigin: 'https://portal.example' };

/** @type {import('./steps.js').States} */
export const PERMISSION = {
  'to-sign-one': asking(documents(1)),
  'to-sign-25': asking(documents(25)),
  'to-sign-1000': asking(documents(1000)),
  'to-sign-blindly': asking({ type: 'sign', hashes: [{ name: 'Договор.docx', algorithm: 'SHA-256', value: '5e'.repeat(32) }] }),
  'to-see-a-certificate': asking(certificate),
  'to-sign-in-a-frame': asking(documents(1), FRAMED),
  'in-a-private-window': asking(documents(1), { privateWindow: true }),
  'on-this-computer': asking(documents(1), { origin: 'http://localhost:8377' }),
  'of-a-long-origin': asking(certificate, { origin: `https://${'a-very-long-name-of-a-subdomain.'.repeat(3)}zakupki.example` }),
};
