/** The states of the sign window from the choice of a certificate to its end. */
import { NOW } from './certificates.js';
import { CERTIFICATES, POLICY, READERS_WITHOUT_DRIVER, SIXTY, UNREADABLE, inContainer, inFile, listing, onToken, token, tokenListing } from './fixtures.js';
import { asked, documents, hashes, read, signed } from './sign_requests.js';
import { choose, event, press, submit } from './steps.js';
import { issuerMissing, offline, revoked, valid } from './verdicts.js';

const { anna, director, aigul, aigulsCompany, emily, soon, expired, encrypts, long } = CERTIFICATES;
const ANNAS = listing(inFile(anna));
const TEXT = 'Өтініш\n\nМені «Электрондық қолтаңба» курсына қабылдауыңызды сұраймын.\n15.01.2027';
const CERTIFICATE = { type: 'get-certificate', filter: {} };

const ready = event('host-opened', { version: '0.1.0' });
/** At the choice. @param {object} command @param {object} [all] what is listed @param {object} [more] what is different with the request */
const choosing = (command, all = ANNAS, more = {}) => [ready, event('listed', all), asked(command, more)];
/** With one document, which has been read. @param {object} [all] @param {object} [more] */
const one = (all = ANNAS, more = {}) => [...choosing(documents(1), all, more), ...read(1)];
/** The host is at it. @param {number} count of documents */
const signing = (count) => [...choosing(documents(count)), ...read(count), submit('secret')];
/** @param {string} code @param {object} [more] */
const failure = (code, more = {}) => ({ failure: { code, ...more } });
/** The key or the host has failed. @param {string} code @param {object} [more] */
const failed = (code, more) => [...signing(1), event('sign-failed', failure(code, more))];
const closed = tokenListing({}, { mayHoldPrivate: true });
const showsNothing = { ...ANNAS, tokens: [token({}, { mayHoldPrivate: true })] };
const pinSession = { certificate: director.id, token: token().id, left: { until: NOW / 1000 + 11 * 60 } };

/** @type {import('./steps.js').States} */
export const SIGN = {
  opening: [ready],
  'host-missing': [asked(documents(1)), event('host-failed', failure('HOST_MISSING'))],
  'host-outdated': [asked(documents(1)), event('host-failed', failure('HOST_OUTDATED'))],
  'extension-outdated': [asked(documents(1)), event('host-failed', failure('EXTENSION_OUTDATED'))],
  'host-older': [...one(), event('outdated', failure('HOST_OUTDATED', { package: 'archive' }))],
  'no-keys': choosing(documents(1), listing()),
  'none-that-fits': choosing(documents(1), listing(inFile(expired, 'starov.p12'), inFile(encrypts, 'tainova.p12'))),
  'one-certificate': one(),
  'before-it-is-read': choosing(documents(1)),
  'long-names': [...choosing(documents(1), listing(inFile(long))), ...read(1)],
  'two-of-one-person': one(listing(inFile(anna, 'anna.p12'), inFile(director, 'romashka.p12'))),
  'expires-soon': [...choosing(documents(1), listing(inFile(soon, 'kasenov.p12'))), ...read(1, 'SHA-256')],
  'another-than-the-site-named': [...choosing(documents(1, { certificate: emily.id }), listing(inFile(aigul), inFile(emily))), ...read(1, 'SHA-256')],
  'sixty-certificates': [...choosing(documents(1), listing(...SIXTY)), ...read(1, 'SHA-256')],
  'sixty-unfolded': [...choosing(documents(1), listing(...SIXTY), { lastCertificate: SIXTY[0].id }), ...read(1, 'SHA-256'), press('button_show_certificates')],
  'key-gone': [...one(tokenListing()), event('listed', ANNAS)],
  'tokens-being-read': [ready, event('listed-so-far', ANNAS), asked(documents(1)), ...read(1)],
  unreadable: one({ ...ANNAS, unreadable: UNREADABLE, readersWithoutDriver: READERS_WITHOUT_DRIVER }),

  'verdict-valid': [...one(), valid(anna)],
  'verdict-offline': [...one(), offline(anna)],
  'verdict-issuer-missing': [...one(), issuerMissing(anna)],
  'verdict-revoked': [...one(), revoked(anna)],
  'verdict-revoked-of-several': [...one(listing(inFile(anna, 'anna.p12'), inFile(director, 'romashka.p12'))), revoked(anna), valid(director)],
  'hidden-one': one(listing(inFile(anna, 'anna.p12'), inFile(director, 'romashka.p12')), { hidden: [anna.id] }),
  'wrong-password': [...signing(1), event('sign-failed', failure('PASSWORD_WRONG'))],
  'second-password': [...signing(1), event('sign-failed', failure('PASSWORD_SECOND_NEEDED'))],
  passwordless: one(listing(inContainer(anna))),
  'password-in-a-dialog': one(ANNAS, { dialog: 'ru' }),
  pin: one(tokenListing()),
  'pin-empty': [...one(tokenListing()), submit('')],
  'pin-wrong': [...one(tokenListing()), submit('123456'), event('sign-failed', failure('PIN_WRONG', { tries: { exactly: 2 } }))],
  'pin-last-try': [...one(tokenListing({ tries: 'last' })), submit('123456')],
  'pin-locked': one(tokenListing({ state: 'locked' })),
  'pin-not-set': one(tokenListing({ state: 'not-set' })),
  'pin-of-the-factory': one(tokenListing({ state: 'to-be-changed' })),
  'pin-on-the-reader': one(tokenListing({ entry: 'reader' })),
  'pin-in-a-dialog': one(tokenListing(), { dialog: 'ru' }),
  'pin-session': one(tokenListing(), { policy: JSON.stringify(POLICY), pinSessions: [pinSession] }),

  'private-beside-others': one(closed),
  'private-only': [...choosing(documents(1), showsNothing), ...read(1)],
  'private-asks-for-the-pin': [...one(closed), press('button_private_of')],
  'private-wrong-pin': [...one(closed), press('button_private_of'), submit('1'), event('private-list-failed', failure('PIN_WRONG', { tries: 'few' }))],
  'private-being-read': [...one(closed), press('button_private_of'), submit('123456')],
  'private-none': [...one(closed), press('button_private_of'), submit('123456'), event('listed', closed), event('private-listed')],

  blind: choosing(hashes(1), listing(inFile(aigul))),
  'blind-25': choosing(hashes(25), listing(inFile(aigul))),
  '25-documents': [...choosing(documents(25)), ...read(25)],
  '25-documents-shown': [...choosing(documents(25)), ...read(25), press('more_documents')],
  '1000-documents': [...choosing(documents(1000)), ...read(1000)],
  'text-shown': [...choosing(documents(5)), ...read(5), press('more_documents'), press('button_show_text'), event('previewed', { index: 1, start: Buffer.from(TEXT).toString('base64') })],
  'one-of-three-unreadable': [...choosing(documents(3)), ...read(1), event('read-failed', { index: 1, ...failure('CONTENT_CHANGED') }), ...read(3, 'Streebog-256', 2)],
  'none-readable': [...choosing(documents(1)), event('read-failed', { index: 0, ...failure('CONTENT_CHANGED') })],

  reading: [...choosing(documents(25)), ...read(3), submit('secret'), event('reading', { index: 3, bytes: 3_000_000 })],
  signing: [...signing(25), ...signed(9)],
  'signing-waits-for-the-device': [...signing(25), ...signed(3), event('waiting', { how: 'device', until: '14:05:33' })],
  'signing-waits-for-the-reader': [...one(tokenListing({ entry: 'reader' })), press('button_sign')],
  signed: [...signing(25), ...signed(25), event('signed'), event('delivered')],
  'signed-partly': [...signing(3), ...signed(1), event('item-failed', { index: 1, ...failure('SIGNATURE_INVALID') }), event('signed'), event('delivered')],
  'failed-timeout': failed('TIMEOUT'),
  'failed-token-removed': [...one(tokenListing()), submit('123456'), event('sign-failed', failure('TOKEN_REMOVED', { subject: 'Рутокен бухгалтерии' }))],
  'failed-other-key': failed('KEY_MISMATCH'),
  'failed-defect': failed('INTERNAL', { subject: 'x' }),
  'failed-defect-copied': [...failed('INTERNAL'), press('button_copy_report'), event('copied', { done: true })],
  'failed-host-stopped': failed('HOST_STOPPED'),
  'failed-not-delivered': [...signing(1), ...signed(1), event('signed'), event('not-delivered', failure('INTERRUPTED'))],
  'certificate-not-found': choosing(documents(1, { certificate: '0'.repeat(64) })),
  'certificate-perhaps-private': choosing(documents(1, { certificate: '0'.repeat(64) }), showsNothing),

  'release-one': choosing(CERTIFICATE),
  'release-of-several': [...choosing(CERTIFICATE, listing(inFile(aigul), inFile(aigulsCompany), onToken(emily, token()))), choose(1)],
  'release-none-that-fits': choosing({ type: 'get-certificate', filter: { keyTypes: ['RSA'] } }, listing(inFile(anna), inFile(emily))),
  released: [...choosing(CERTIFICATE), press('button_release'), event('delivered')],
};
