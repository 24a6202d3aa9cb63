/** The states of the popup: what its script reports until it is there, and what the person does. */
import { NOW } from './certificates.js';
import { CERTIFICATES, POLICY, READERS_WITHOUT_DRIVER, SIXTY, UNREADABLE, inContainer, inFile, listing, token, tokenListing } from './fixtures.js';
import { event, press, unfold } from './steps.js';
import { beingChecked, issuerMissing, offline, revoked, valid } from './verdicts.js';

const { anna, director, aigul, aigulsCompany, emily, soon, today, expired, future, encrypts, long } = CERTIFICATES;

/** @param {object} more what is different when the popup opens */
const opened = (more = {}) => event('opened', { page: null, policy: '{}', waiting: [], reminders: [], clock: null, notInPrivateWindows: false, hidden: [], now: NOW, ...more });
const ready = [opened(), event('host-opened', { version: '0.1.0' })];
/** @param {object} all */
const listed = (all) => [...ready, event('listed', all)];
/** @param {string} kind of package */
const outdated = (kind) => event('outdated', { failure: { code: 'HOST_OUTDATED', package: kind } });
/** @param {string} code */
const failed = (code) => [opened(), event('host-failed', { failure: { code } })];
const waiting = [
  { id: 'one', site: { origin: 'https://zakupki.example' }, scope: 'sign' },
  { id: 'two', site: { origin: 'https://sign.partner.example:8443', topOrigin: 'https://portal.example' }, scope: 'certificate' },
];
const refusal = { origin: 'https://zakupki.example', scope: 'sign', count: 3, until: NOW + 240_000 };

const LONG = 'Константинопольская-Переславль-Залесская Александра-Екатерина Всеволодовна';
/** A reminder. @param {string} id @param {string} owner @param {number} days that are left */
const ending = (id, owner, days) => ({ id, owner, until: NOW / 1000 + days * 86_400 + 3600 });

/** @type {import('./steps.js').States} */
export const POPUP = {
  opening: [opened()],
  'host-missing': failed('HOST_MISSING'),
  'host-forbidden': failed('HOST_FORBIDDEN'),
  'host-not-started': failed('HOST_NOT_STARTED'),
  'host-garbled': failed('HOST_GARBLED'),
  'host-blocked': failed('HOST_BLOCKED'),
  'host-outdated': failed('HOST_OUTDATED'),
  'extension-outdated': failed('EXTENSION_OUTDATED'),
  'host-older': [...listed(listing(inFile(anna))), outdated('deb')],
  'host-stopped': failed('HOST_STOPPED'),
  'no-keys': listed(listing()),
  'one-certificate': listed(listing(inFile(anna))),
  'one-unfolded': [...listed(listing(inFile(director))), unfold('.card summary')],
  'two-of-one-person': listed(listing(inFile(aigul, 'AUTH_RSA256.p12'), inFile(aigulsCompany, 'GOST512_first.p12'))),
  'every-validity': listed(listing(inFile(today), inFile(soon), inFile(emily), inFile(expired), inFile(future), inFile(encrypts), inFile(anna, 'x.p12', { problem: 'KEY_UNSUPPORTED' }))),
  'every-verdict': [...listed(listing(inFile(anna), inFile(emily), inFile(aigul), inFile(director), inFile(soon), inFile(long), inFile(expired))), valid(anna), beingChecked(emily), offline(aigul), issuerMissing(director), revoked(soon), revoked(long)],
  'verdict-after-the-person-came': [...listed(listing(inFile(anna), inFile(emily))), event('touched'), revoked(anna), valid(emily)],
  'verdict-unfolded': [...listed(listing(inFile(anna))), offline(anna), unfold('.card summary')],
  'one-hidden-just-now': [...listed(listing(inFile(emily), inFile(expired), inFile(anna))), unfold('details.section > summary'), unfold('details.section .card summary'), press('button_hide'), event('hidden', { hidden: [expired.id] })],
  'hidden-and-looked-at': [opened({ hidden: [expired.id, emily.id] }), ...listed(listing(inFile(emily), inFile(expired), inFile(anna))).slice(1), unfold('details.section > summary')],
  'long-names': [...listed(listing(inFile(long, 'Ключ подписи Константинопольской-Переславль-Залесской (копия 2).p12'))), unfold('.card summary')],
  'sixty-certificates': listed(listing(...SIXTY)),
  'files-containers-tokens': listed({ ...tokenListing({ tries: { exactly: 7 } }), keys: [...tokenListing().keys, inFile(emily, 'emily.p12'), inContainer(anna)] }),
  'token-pin-locked': listed(tokenListing({ state: 'locked' })),
  'token-pin-of-the-factory': listed(tokenListing({ state: 'to-be-changed' })),
  'token-pin-not-set': listed(tokenListing({ state: 'not-set' })),
  'token-last-try': listed(tokenListing({ tries: 'last' })),
  'token-empty': listed({ ...listing(), tokens: [token()] }),
  'token-private-only': listed({ ...listing(), tokens: [token({}, { mayHoldPrivate: true })] }),
  'token-stores-only': listed({ ...listing(), tokens: [token({ entry: 'none' }, { storageOnly: true })] }),
  'tokens-being-read': [...ready, event('listed-so-far', listing(inFile(anna)))],
  unreadable: listed({ ...listing(inFile(anna)), unreadable: UNREADABLE, readersWithoutDriver: READERS_WITHOUT_DRIVER }),
  'site-unknown-to-tamga': [opened({ page: 'https://zakupki.example' }), ...listed(listing(inFile(anna))).slice(1)],
  'site-allowed': [opened({ page: 'https://zakupki.example', policy: JSON.stringify(POLICY) }), ...listed(listing(inFile(anna))).slice(1)],
  'site-not-allowed': [opened({ page: 'https://zakupki.example', policy: JSON.stringify({ managed: { allowedSites: ['https://bank.example'], grants: [] } }) }), ...listed(listing(inFile(anna))).slice(1)],
  'site-granted-by-the-administrator': [opened({ page: 'https://zakupki.example', policy: JSON.stringify({ managed: { allowedSites: null, grants: [{ origin: 'https://zakupki.example', scopes: ['sign'] }] } }) }), ...listed(listing(inFile(anna))).slice(1)],
  'site-forbidden': [opened({ page: 'https://spam.example', policy: JSON.stringify(POLICY) }), ...listed(listing(inFile(anna))).slice(1)],
  'site-frame-allowed': [opened({ page: 'https://portal.example', policy: JSON.stringify(POLICY) }), ...listed(listing(inFile(anna))).slice(1)],
  'site-refused-for-now': [opened({ page: 'https://zakupki.example', policy: JSON.stringify({ refusals: [refusal] }) }), ...listed(listing(inFile(anna))).slice(1)],
  'requests-waiting': [opened({ page: 'https://zakupki.example', waiting }), ...listed(listing(inFile(anna))).slice(1)],
  'certificates-ending': [opened({ reminders: [ending(soon.id, 'Касенов Данияр Галымович', 12), ending(long.id, LONG, 0), ending(anna.id, 'Иванова Анна Сергеевна', 25)] }), ...listed(listing(inFile(soon))).slice(1)],
  'certificate-ended-without-a-host': [opened({ reminders: [ending(expired.id, 'Старов Олег Николаевич', -3)] }), event('host-failed', { failure: { code: 'HOST_MISSING' } })],
  'clock-went-back': [opened({ clock: 'back' }), ...listed(listing(inFile(anna))).slice(1)],
  'private-windows-hint': [opened({ notInPrivateWindows: true }), ...listed(listing(inFile(anna))).slice(1)],
};
