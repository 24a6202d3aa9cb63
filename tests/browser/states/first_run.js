/** The states of the page that leads through the first steps. */
import { NOW } from './certificates.js';
import { CERTIFICATES, READERS_WITHOUT_DRIVER, SIXTY, UNREADABLE, inContainer, inFile, listing, token, tokenListing } from './fixtures.js';
import { event, press } from './steps.js';

const { anna, emily, expired, long } = CERTIFICATES;

/** @param {object} more what is different when the page opens */
const opened = (more = {}) => event('opened', { system: 'linux', machine: 'x86-64', firefox: false, hidden: [], now: NOW, ...more });
const ready = [opened(), event('host-opened', { version: '0.1.0' })];
/** @param {object} all */
const listed = (all) => [...ready, event('listed', all)];
/** @param {string} code @param {object} [more] */
const failed = (code, more) => [opened(more), event('host-failed', { failure: { code } })];
const withKey = listed(listing(inFile(anna)));
const asked = [...withKey, press('button_try_signature')];

/** @param {string} state @param {string} conclusion */
const report = (state, conclusion) => ({
  time: NOW / 1000,
  unsigned: [],
  signatures: [{
    name: 'Tamga.txt.p7s',
    file: 0,
    form: 'der',
    document: { type: 'beside', name: 'Tamga.txt', by: 'content' },
    signers: [{
      state,
      conclusion,
      owner: 'Иванова Анна Сергеевна',
      level: 'CAdES-B-B',
      signature: { state, container: 'cms', level: 'plain', warnings: [] },
      inside: { certificates: 1, lists: 0, answers: 0 },
      timestamps: [],
      countersignatures: [],
      unchecked: [],
    }],
  }],
});

/** @type {import('./steps.js').States} */
export const FIRST_RUN = {
  opening: [opened()],
  'host-missing': failed('HOST_MISSING'),
  'host-missing-arm': failed('HOST_MISSING', { machine: 'arm64' }),
  'host-missing-firefox': failed('HOST_MISSING', { firefox: true }),
  'host-missing-windows': failed('HOST_MISSING', { system: 'win' }),
  'host-missing-macos': failed('HOST_MISSING', { system: 'mac' }),
  'host-missing-elsewhere': failed('HOST_MISSING', { system: 'cros' }),
  'host-forbidden': failed('HOST_FORBIDDEN'),
  'host-not-started': failed('HOST_NOT_STARTED'),
  'host-garbled': failed('HOST_GARBLED'),
  'host-blocked': failed('HOST_BLOCKED'),
  'host-outdated': failed('HOST_OUTDATED'),
  'host-stopped': failed('HOST_STOPPED'),
  'keys-being-read': ready,
  'no-keys': listed(listing()),
  'one-key': withKey,
  'none-can-sign': listed(listing(inFile(expired))),
  'tokens-being-read': [...ready, event('listed-so-far', listing(inFile(anna)))],
  'files-containers-tokens': listed({ ...tokenListing(), keys: [...tokenListing().keys, inFile(emily, 'emily.p12'), inContainer(anna), inFile(long)] }),
  'token-empty': listed({ ...listing(), tokens: [token()] }),
  'sixty-certificates': listed(listing(...SIXTY)),
  unreadable: listed({ ...listing(inFile(anna)), unreadable: UNREADABLE, readersWithoutDriver: READERS_WITHOUT_DRIVER }),
  'being-tried': asked,
  'not-wanted': [...asked, event('try-failed', { failure: { code: 'CANCELLED' } })],
  'try-failed': [...asked, event('try-failed', { failure: { code: 'MODULE_FAILED' } })],
  'tried-right': [...asked, event('tried', { report: report('valid', 'signature-valid') })],
  'tried-right-untrusted': [...asked, event('tried', { report: report('valid', 'untrusted') })],
  'tried-wrong': [...asked, event('tried', { report: report('invalid', 'signature-invalid') })],
};
