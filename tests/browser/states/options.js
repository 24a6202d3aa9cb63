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
  version: '0.1.0',
  browser: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36',
  token: null,
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
  const entries = Array.from({ length: Math.min(found, 20) }, (_, index) => ({
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

const picked = [...listed(), pick('sidorova.p12')];
const sent = [...picked, submit('secret')];
const locked = tokenListing({ state: 'locked' });
const asksForPin = [...listed(tokenListing()), press('button_change_pin')];

/** @type {import('./steps.js').States} */
export const OPTIONS = {
  opening: [opened()],
  'host-missing': [opened(), event('host-failed', failure('HOST_MISSING'))],
  'host-outdated': [opened(), event('host-failed', failure('HOST_OUTDATED'))],
  'no-keys': listed(listing()),
  everything: [...listed({ ...tokenListing(), keys: [...tokenListing().keys, inFile(anna, 'ivanova.p12'), inFile(director, 'ivanova.p12'), inContainer(aigul)] }, { policy: JSON.stringify(POLICY), language: 'ru' }), record(154)],
  'one-unfolded': [...listed(listing(inFile(director))), unfold('.card summary')],
  'every-validity': listed(listing(inFile(soon, 'a.p12'), inFile(emily, 'b.p12'), inFile(expired, 'c.p12'), inFile(future, 'd.p12'), inFile(encrypts, 'e.p12'), inFile(long, 'f.p12'))),
  'sixty-files': listed(listing(...SIXTY)),
  'file-without-a-password': listed(listing(inFile(aigul, 'bekova.p12', { passwordless: true }))),
  unreadable: listed({ ...listing(inFile(anna)), unreadable: UNREADABLE, readersWithoutDriver: READERS_WITHOUT_DRIVER }),

  'file-picked': picked,
  'file-wrong-password': [...sent, event('add-failed', failure('PASSWORD_WRONG'))],
  'file-second-password': [...sent, event('add-failed', failure('PASSWORD_SECOND_NEEDED'))],
  'file-being-added': sent,
  'file-added': [...sent, event('added', { keys: [inFile(soon, 'sidorova.p12'), inFile(emily, 'sidorova.p12')] })],
  'file-no-key-file': [...sent, event('add-failed', failure('FILE_IS_CERTIFICATE', { subject: 'sidorova.cer' }))],
  'file-removal-asked': [...listed(), press('button_remove')],
  'file-being-removed': [...listed(), press('button_remove'), press('button_confirm_removal')],
  'file-not-removed': [...listed(), press('button_remove'), press('button_confirm_removal'), event('remove-failed', failure('STORAGE_FAILED'))],

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
  'pin-entry-fixed': listed(undefined, { pinEntry: { system: true, fixed: true } }),
  'report-copied': [...listed(), press('button_copy_report'), event('copied')],
};
