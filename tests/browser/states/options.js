/** The states of the options. */
import { NOW } from './certificates.js';
import { CERTIFICATES, POLICY, READERS_WITHOUT_DRIVER, SIXTY, UNREADABLE, inContainer, inFile, listing, token, tokenListing } from './fixtures.js';
import { event, pick, press, submit, unfold } from './steps.js';

const { anna, director, aigul, emily, soon, expired, future, encrypts, long } = CERTIFICATES;

/** @param {object} [more] what is different when the options open */
const opened = (more = {}) => event('opened', {
  policy: '{}',
  language: null,
  pinEntry: { system: false, fixed: false },
  managed: { languageFixed: false, problems: [] },
  version: '0.1.0',
  browser: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  token: null,
  hidden: [],
  now: NOW,
  ...more,
});
const hostOpened = event('host-opened', { version: '0.1.0' });
/** @param {object} [all] what is listed @param {object} [more] */
const listed = (all = listing(inFile(anna)), more = {}) => [opened(more), hostOpened, event('listed', all), record(0)];
/** @param {string} code @param {object} [more] */
const failure = (code, more = {}) => ({ failure: { code, ...more } });

/** The signing record: the first entries of so many. @param {number} total @param {{search?: string, found?: number, on?: boolean}} [more] */
function record(total, { search = '', found = total, on = true } = {}) {
  const entries = Array.from({ length: Math.min(found, 5) }, (_, index) => ({
    time: NOW / 1000 - index * 7200,
    ...(index % 5 === 4 ? {} : { origin: 'https://zakupki.example' }),
    ...(index % 5 === 3 ? { topOrigin: 'https://portal.example' } : {}),
    document: index % 5 === 4 ? '/home/anna/Документы/акт.txt' : `Договор поставки № ${index + 1}.pdf`,
    ...(index % 5 === 2 ? { failure: 'PIN_WRONG' } : { digest: { algorithm: 'SHA-256', value: '5e'.repeat(32) } }),
    blind: index % 5 === 1,
    certificate: anna.id,
    owner: 'Иванова Анна Сергеевна',
  }));
  const times = entries.map(({ time }) => new Date(time * 1000).toISOString().slice(0, 16).replace('T', ' '));
  return event('record-read', { search, skip: 0, page: { on, entries, found, total }, times });
}

/** A file is picked in which a key is. @param {string} password whose is asked for @param {string} [name] */
const pickedWith = (password, name = 'sidorova.p12') => [...listed(), pick(name), event('inspected', { password })];
const picked = pickedWith('of-file');
/** What can be done with the only key. @param {object} [all] what is listed */
const unfolded = (all) => [...listed(all), unfold('.card summary')];
const removing = [...unfolded(), press('button_remove')];
const changesPassword = [...unfolded(), press('button_change_password')];
const sentPassword = [...changesPassword, submit('old', 'new', 'new')];
/** The folders in which containers are looked for. @param {string[]} paths @param {number} [containersFound] */
const folders = (paths, containersFound) => event('folders-listed', { folders: paths, ...(containersFound !== undefined && { containersFound }) });
const choosing = [...listed(listing(inContainer(aigul))), folders([]), press('button_choose_folder')];
const sent = [...picked, submit('secret')];
const locked = tokenListing({ state: 'locked' });
const asksForPin = [...listed(tokenListing()), press('button_change_pin')];

/** An authority with its certificate. @param {string} owner @param {string} byte of its fingerprints @param {string} [issuer] */
const authority = (owner, byte, issuer = owner) => ({ certificate: { id: byte.repeat(32), owner, serial: `${byte}01` }, sha1: byte.repeat(20), issuer, notBefore: NOW / 1000 - 1e8, notAfter: NOW / 1000 + 3e8 });
const company = authority('Удостоверяющий центр ООО «Ромашка»', '5e');
const lists = [
  { kind: 'national', name: 'Минцифры России: головной удостоверяющий центр', country: 'RU', origin: 'https://e-trust.gosuslugi.ru/', version: '16314', date: NOW / 1000 - 1e7, count: 2, certificates: [authority('Минцифры России', '2f'), authority('Минкомсвязь России', '4b')] },
  { kind: 'national', name: 'Қазақстан Республикасының негізгі куәландырушы орталығы', country: 'KZ', origin: 'https://root.gov.kz/', date: NOW / 1000 - 1e8, count: 1, certificates: [authority('НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (GOST) 2022', '71')] },
  { kind: 'administrator', name: '', origin: '/etc/tamga/trust', count: 0, certificates: [] },
  { kind: 'system', name: '', origin: '/etc/ssl/certs/ca-certificates.crt', count: 144, certificates: [] },
];
/** The lists with the person's own. @param {object} [more] */
const trusted = (more = {}) => event('trust-listed', { sources: [...lists, { kind: 'person', name: '', origin: '/home/anna/.local/share/tamga/trust', count: 1, certificates: [company], ...more }] });
const authorityPicked = [...listed(), trusted({ count: 0, certificates: [] }), pick('romashka.cer', '#authority-file')];
const authorityFound = [...authorityPicked, event('authorities-found', { certificates: [company, authority('Промежуточный центр ООО «Ромашка»', 'a0', company.certificate.owner)] })];
const ownUnfolded = [...listed(), trusted(), unfold('.trust-source:last-child summary')];

/** @type {import('./steps.js').States} */
export const OPTIONS = {
  opening: [opened()],
  'host-missing': [opened(), event('host-failed', failure('HOST_MISSING'))],
  'host-outdated': [opened(), event('host-failed', failure('HOST_OUTDATED'))],
  'set-by-the-administrator': listed(undefined, { language: 'kk', managed: { languageFixed: true, problems: ['contracts.other', 'grants[2]'] }, policy: JSON.stringify({ ...POLICY, managed: { allowedSites: ['https://*.bank.example', 'https://portal.example'], grants: [{ origin: 'https://www.bank.example', topOrigin: 'https://portal.example', scopes: ['certificate', 'sign'] }] } }) }),
  'host-older': [...listed(), event('outdated', failure('HOST_OUTDATED', { package: 'rpm' }))],
  'no-keys': listed(listing()),
  everything: [...listed({ ...tokenListing(), keys: [...tokenListing().keys, inFile(anna, 'ivanova.p12'), inFile(director, 'ivanova.p12'), inContainer(aigul)] }, { policy: JSON.stringify(POLICY), language: 'ru' }), record(154)],
  'one-unfolded': unfolded(listing(inFile(director))),
  'one-of-two-unfolded': unfolded(listing(inFile(director), { ...inFile(aigul), location: inFile(director).location })),
  'every-validity': listed(listing(inFile(soon, 'a.p12'), inFile(emily, 'b.p12'), inFile(expired, 'c.p12'), inFile(future, 'd.p12'), inFile(encrypts, 'e.p12'), inFile(long, 'f.p12'))),
  'sixty-files': listed(listing(...SIXTY)),
  'file-without-a-password': listed(listing(inFile(aigul, 'bekova.p12', { passwordless: true }))),
  unreadable: listed({ ...listing(inFile(anna)), unreadable: UNREADABLE, readersWithoutDriver: READERS_WITHOUT_DRIVER }),

  'file-picked': picked,
  'file-wrong-password': [...sent, event('add-failed', failure('PASSWORD_WRONG'))],
  'file-second-password': [...sent, event('add-failed', failure('PASSWORD_SECOND_NEEDED'))],
  'file-being-added': sent,
  'file-added': [...sent, event('added', { keys: [inFile(soon, 'sidorova.p12'), inFile(emily, 'sidorova.p12')] })],
  'file-added-unfit': [...sent, event('added', { keys: [inFile(soon, 'sidorova.p12'), inFile(expired, 'sidorova.p12'), inFile(encrypts, 'sidorova.p12')] })],
  'certificate-added-without-key': [...listed(), pick('sidorova.cer'), event('add-failed', failure('FILE_IS_CERTIFICATE')), press('button_add_certificate'), event('certificate-added', { certificate: emily.id }), event('listed', { ...listing(inFile(anna)), withoutKey: [emily] })],
  'certificate-added-and-bound': [...listed(), pick('sidorova.cer'), event('add-failed', failure('FILE_IS_CERTIFICATE')), press('button_add_certificate'), event('certificate-added', { certificate: emily.id }), event('listed', listing(inFile(anna), inContainer(emily)))],
  'file-is-certificate': [...listed(), pick('sidorova.cer'), event('add-failed', failure('FILE_IS_CERTIFICATE'))],
  'file-is-document': [...listed(), pick('договор.pdf'), event('add-failed', failure('FILE_IS_DOCUMENT'))],
  'file-of-a-container': [...listed(), pick('primary.key'), event('add-failed', failure('CONTAINER_FILE'))],
  'folder-dropped': [...listed(), event('add-failed', failure('KEY_IN_CONTAINER', { subject: 'ivanova.000' }))],
  'several-dropped': [...listed(), event('several-dropped')],
  'file-unprotected': pickedWith('new', 'sidorova.pem'),
  'file-new-passwords-differ': [...pickedWith('new', 'sidorova.pem'), submit('one', 'other')],
  'file-removal-asked': removing,
  'file-being-removed': [...removing, press('button_confirm_removal')],
  'file-not-removed': [...removing, press('button_confirm_removal'), event('remove-failed', failure('STORAGE_FAILED'))],

  'password-form': changesPassword,
  'password-wrong': [...sentPassword, event('password-failed', failure('PASSWORD_WRONG'))],
  'password-second-needed': [...sentPassword, event('password-failed', failure('PASSWORD_SECOND_NEEDED'))],
  'password-new-empty': [...changesPassword, submit('old', '', '')],
  'password-being-changed': sentPassword,
  'password-changed': [...sentPassword, event('password-changed')],
  'password-not-changed': [...sentPassword, event('password-failed', failure('KEY_FILE_UNCHANGED', { subject: 'ivanova.p12' }))],
  'password-of-container': [...unfolded(listing(inContainer(aigul))), press('button_set_password')],

  'folder-being-chosen': choosing,
  'folder-added': [...choosing, folders(['/home/anna/Документы/ключи'], 2)],
  'folder-without-containers': [...choosing, folders(['/home/anna/Загрузки', '/home/anna/Документы/ключи'], 0)],
  'folder-dialog-missing': [...choosing, event('folders-failed', failure('FOLDER_DIALOG_MISSING'))],

  'token-pin-form': asksForPin,
  'token-pin-wrong': [...asksForPin, submit('111111', '222222', '222222'), event('pin-failed', failure('PIN_WRONG', { tries: { exactly: 2 } }))],
  'token-pins-differ': [...asksForPin, submit('111111', '222222', '333333')],
  'token-pin-last-try': [...listed(tokenListing({ tries: 'last' })), press('button_change_pin'), submit('111111', '222222', '222222')],
  'token-pin-being-changed': [...asksForPin, submit('111111', '222222', '222222')],
  'token-pin-changed': [...asksForPin, submit('111111', '222222', '222222'), event('pin-changed')],
  'token-pin-not-changed': [...asksForPin, submit('111111', '222222', '222222'), event('pin-failed', failure('TOKEN_REMOVED', { subject: 'Рутокен бухгалтерии' }))],
  'token-locked': listed(locked),
  'token-unblocking': [...listed(locked), press('button_unblock_pin')],
  'token-both-pins-locked': listed(tokenListing({ state: 'locked' }, { adminPin: 'locked' })),
  'token-pin-not-set': listed(tokenListing({ state: 'not-set' })),
  'token-pin-of-the-factory': [...listed(tokenListing({ state: 'to-be-changed' })), press('button_change_pin')],
  'token-pin-on-the-reader': listed(tokenListing({ entry: 'reader' })),
  'token-stores-only': listed({ ...listing(), tokens: [token({ entry: 'none' }, { storageOnly: true })] }),
  'tokens-being-read': [opened(), hostOpened, event('listed-so-far', listing(inFile(anna)))],

  'record-finds-nothing': [...listed(), record(154, { found: 0 })],
  'record-off': [...listed(), record(0, { on: false })],
  'record-deletion-asked': [...listed(), record(3), press('button_delete_record')],
  'record-failed': [...listed(), event('record-failed', failure('STORAGE_FAILED'))],
  'for-specialists': [...listed(), unfold('.part > summary')],
  'proxy-named': [...listed(), event('proxy-read', { setting: { kind: 'address', address: 'proxy.romashka.example:3128' }, fixed: false }), event('proxy-failed', { failure: { code: 'PROXY_MALFORMED', subject: 'socks5://proxy' } }), unfold('.part > summary')],
  'proxy-fixed': [...listed(), event('proxy-read', { setting: { kind: 'none' }, fixed: true }), unfold('.part > summary')],
  'pin-entry-fixed': [...listed(undefined, { pinEntry: { system: true, fixed: true } }), unfold('.part > summary')],
  'report-copied': [...listed(), unfold('.part > summary'), press('button_copy_report'), event('copied')],

  'trust-lists': [...listed(), trusted(), unfold('.trust-source summary')],
  'trust-of-the-person': ownUnfolded,
  'trust-file-unreadable': [...listed(), trusted({ problems: [{ code: 'CERTIFICATE_MALFORMED', subject: 'old.cer' }] })],
  'authority-being-read': authorityPicked,
  'authorities-found': authorityFound,
  'authority-added': [...authorityFound, press('button_trust_authority'), event('authority-added', { owner: company.certificate.owner }), trusted()],
  'authority-is-none': [...authorityPicked, event('trust-failed', failure('CERTIFICATE_NOT_AUTHORITY', { subject: 'Иванова Анна Сергеевна' }))],
  'authority-removal-asked': [...ownUnfolded, press('button_remove')],

  'deletion-asked': [...listed(), press('button_delete_everything')],
  'everything-being-deleted': [...listed(), press('button_delete_everything'), press('button_confirm_deletion')],
  'everything-deleted': [...listed(listing()), press('button_delete_everything'), press('button_confirm_deletion'), event('everything-deleted')],
  'not-deleted': [...listed(), press('button_delete_everything'), press('button_confirm_deletion'), event('deletion-failed', failure('STORAGE_FAILED'))],
};
