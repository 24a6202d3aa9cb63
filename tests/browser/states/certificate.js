/** The states of the page of a certificate. */
import { createHash } from 'node:crypto';
import { NOW } from './certificates.js';
import { CERTIFICATES, inContainer, inFile, listing, onToken, token } from './fixtures.js';
import { event, press, unfold } from './steps.js';
import { beingChecked, forged, issuerExpired, issuerMissing, offline, revoked, valid } from './verdicts.js';

const { anna, director, aigul, expired, future, encrypts, long } = CERTIFICATES;
/** @typedef {import('./certificates.js').Listed} Listed */

/** @param {Listed} of @param {object} [more] */
const opened = (of, more = {}) => event('opened', { certificate: of.id, hidden: [], version: '0.1.0', browser: 'Mozilla/5.0 (X11; Linux x86_64) Browser/151.0', now: NOW, ...more });
const ready = event('host-opened', { version: '0.1.0' });
/** @param {string} what */
const hex = (what, length = 40) => createHash('sha256').update(what).digest('hex').slice(0, length);

/** A certificate above others. @param {string} owner @param {string} issuer */
const above = (owner, issuer) => ({
  id: hex(owner, 64),
  view: { owner, ownerDetails: [{ label: 'commonName', value: owner }], issuer, serial: hex(owner, 18), notBefore: NOW / 1000 - 86_400_000, notAfter: NOW / 1000 + 286_400_000, usages: ['keyCertSign', 'crlSign'], key: 'GOST R 34.10-2012', keyKind: 'gostR2012_256' },
  selfIssued: owner === issuer,
});
const ROOT = 'Минцифры России (демо)';

/** What the host reads in a certificate. @param {Listed} of @param {object} [more] */
function details(of, more = {}) {
  const { issuer } = /** @type {{issuer: string}} */ (of.view);
  return event('described', {
    version: 3,
    issuerDetails: [{ label: 'commonName', value: issuer }, { label: 'organization', value: issuer }, { label: 'country', value: 'RU' }, { label: 'ogrn', value: '1027700000000' }],
    otherNames: ['ivanova@romashka.example'],
    unnamedUsages: ['1.2.643.2.2.34.6'],
    policies: ['1.2.643.100.113.1', '1.2.643.100.113.2'],
    signature: 'ГОСТ Р 34.10, Streebog-256',
    subjectKey: hex('subject'),
    authorityKey: hex('authority'),
    revocationLists: ['http://ca.example/cdp/demo-ca-2026.crl', 'http://mirror.ca.example/cdp/demo-ca-2026.crl'],
    responders: ['http://ocsp.ca.example/ocsp'],
    issuers: ['http://ca.example/aia/demo-ca-2026.cer'],
    sha1: hex('sha1'),
    sha256: of.id,
    selfIssued: false,
    chain: [above(issuer, ROOT), above(ROOT, ROOT)],
    ...more,
  });
}

/** @param {Listed} of @param {object} all @param {object} [more] */
const shown = (of, all, more) => [opened(of), ready, event('listed', all), details(of, more)];
/** Places in `authorities`. */
const chained = { chain: [0, 1] };
/** @param {Listed} of */
const withTerm = (of) => ({ ...of, view: { ...of.view, keyUntil: NOW / 1000 + 200 * 86_400, identification: 'inPerson', toolClass: 'КС1', signingTool: 'СКЗИ «КриптоПро CSP» версии 5.0', issuerTool: '«КриптоПро HSM» версии 2.0' } });

/** @type {import('./steps.js').States} */
export const CERTIFICATE = {
  opening: [opened(anna)],
  'host-missing': [opened(anna), event('host-failed', { failure: { code: 'HOST_MISSING' } })],
  'being-read': [opened(anna), ready, event('listed-so-far', listing(inFile(anna)))],
  absent: [opened(anna), ready, event('listed', listing(inFile(aigul)))],
  malformed: [opened(anna), ready, event('listed', listing(inFile(anna))), event('describe-failed', { failure: { code: 'CERTIFICATE_MALFORMED' } })],
  person: shown(anna, { keys: [inFile(withTerm(anna), 'ivanova.p12', chained), inContainer(withTerm(anna))], authorities: ['MAA=', 'MAE='], unreadable: [] }),
  organisation: shown(director, { keys: [onToken(director, token())], unreadable: [], tokens: [token()] }),
  'without-addresses': shown(aigul, listing(inFile(aigul)), { otherNames: [], unnamedUsages: [], policies: [], revocationLists: [], responders: [], issuers: [], chain: [], signature: 'ECDSA, SHA-256' }),
  'chain-incomplete': shown(aigul, listing(inFile(aigul)), { chain: [above('Аралық куәландырушы орталық (демо)', ROOT)] }),
  expired: shown(expired, listing(inFile(expired))),
  'not-yet-valid': shown(future, listing(inFile(future))),
  'cannot-sign': shown(encrypts, listing(inFile(encrypts))),
  'long-names': shown(long, listing(inFile(long, 'Ключ подписи Константинопольской-Переславль-Залесской (копия 2).p12'))),
  'token-gone': [...shown(director, { keys: [onToken(director, token())], unreadable: [], tokens: [token()] }), event('listed', listing())],
  'verdict-valid': [...shown(anna, listing(inFile(anna))), valid(anna)],
  'verdict-being-checked': [...shown(anna, listing(inFile(anna))), beingChecked(anna)],
  'verdict-revoked': [...shown(anna, listing(inFile(anna))), revoked(anna)],
  'verdict-forged': [...shown(anna, listing(inFile(anna))), forged(anna)],
  'verdict-issuer-expired': [...shown(anna, listing(inFile(anna))), issuerExpired(anna)],
  'verdict-offline': [...shown(anna, listing(inFile(anna))), offline(anna)],
  'verdict-issuer-missing': [...shown(director, listing(inFile(director))), issuerMissing(director)],
  hidden: [...shown(anna, listing(inFile(anna))), event('hidden', { hidden: [anna.id] })],
  'report-open': [...shown(anna, listing(inFile(anna))), unfold('details.part > summary')],
  'report-copied': [...shown(anna, listing(inFile(anna))), unfold('details.part > summary'), press('button_copy_report'), event('copied')],
};
