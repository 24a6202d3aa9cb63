/** The states of the page on which signatures are checked. */
import { event } from './steps.js';

const TIME = Date.UTC(2026, 10, 29, 9, 30) / 1000;
const hostOpened = event('host-opened', { version: '0.1.0' });
/** A file as its script tells of it. @param {string} name @param {string} beginning @param {number} [size] */
const file = (name, beginning, size = 4200) => ({ name, size, beginning: Buffer.from(beginning).toString('base64') });
const ACT = file('Акт сверки № 17 от 29.11.2026.pdf', '%PDF-1.7', 734_003_200);
const SIGNATURE = file('Акт сверки № 17 от 29.11.2026.pdf.sig', 'MIIabc');
const CERTIFICATE = file('Иванова Анна Сергеевна.cer', 'MIIabc');
/** @param {...object} files */
const chosen = (...files) => [event('settings', { offline: false }), hostOpened, event('chosen', { files })];
/** @param {number} index @param {string} role @param {string[]} [digests] */
const read = (index, role, digests = []) => event('file-read', { index, file: index + 1, role, digests });
const asked = [...chosen(ACT, SIGNATURE), read(1, 'signature', ['Streebog-256']), read(0, 'document')];

/** @param {string} owner @param {string} id */
const name = (owner, id) => ({ id: id.repeat(64), owner, serial: '7f01' });
const ANNA = name('Иванова Анна Сергеевна', 'a');
const ISSUER = name('Федеральная налоговая служба', 'b');
const ROOT = name('Минцифры России', 'c');

/** The verdict on Anna's certificate. @param {object} outcome @param {object} [more] */
const certificate = (outcome, more = {}) => ({
  certificate: ANNA,
  time: TIME,
  purpose: 'documents',
  outcome,
  path: [ANNA, ISSUER, ROOT],
  anchor: { class: 'national', certificate: ROOT, list: 'ГУЦ', country: 'RU' },
  revocation: { state: 'good', at: TIME - 3600, until: TIME + 86_400 },
  ...more,
});

/** Anna's signature. @param {string} state @param {string} conclusion @param {object} [more] */
const signer = (state, conclusion, more = {}) => ({
  state,
  conclusion,
  owner: ANNA.owner,
  level: 'CAdES-BES',
  signature: { state: 'valid', signingTime: TIME - 3600, container: 'cms', level: 'bes', warnings: [] },
  inside: { certificates: 1, lists: 0, answers: 0 },
  timestamps: [],
  countersignatures: [],
  unchecked: [],
  ...more,
});
/** Something is wrong with the signature itself. @param {string} state @param {string} conclusion @param {string} failure */
const failed = (state, conclusion, failure) => signer(state, conclusion, {
  signature: { state, signer: { issuer: 'Федеральная налоговая служба', serial: '7f01' }, container: 'cms', level: 'plain', warnings: [], failure },
  ...(failure === 'certificate-missing' && { owner: undefined }),
});

const GOOD = signer('valid', 'valid', {
  indication: { main: 'TOTAL-PASSED' },
  certificate: certificate({ state: 'valid' }),
  level: 'CAdES-T',
  revocationFrom: 'servers',
  provenTime: TIME - 3000,
  timestamps: [
    { kind: 'signature', state: 'valid', time: TIME - 3000, owner: 'Служба штампов времени УЦ' },
    { kind: 'archive', state: 'unchecked', time: TIME - 2000, owner: 'Demo TSA' },
    { kind: 'content', state: 'invalid', failure: 'other-message' },
  ],
  countersignatures: [
    { owner: 'Петров Пётр Петрович', signature: { state: 'valid', container: 'cms', level: 'bes', warnings: [] } },
  ],
  inside: { certificates: 3, lists: 1, answers: 2 },
  unchecked: ['certificate-references'],
});

/** @param {object} document @param {object[]} signers @param {object} [more] */
const file0 = (document, signers, more = {}) => ({ name: SIGNATURE.name, file: 1, form: 'base64', document, signers, ...more });
/** @param {object[]} signatures @param {string[]} [unsigned] */
const report = (signatures, unsigned = []) => ({ round: 2, report: { time: TIME, signatures, unsigned } });
/** @param {object[]} signatures @param {string[]} [unsigned] */
const checked = (signatures, unsigned) => [...asked, event('checked', report(signatures, unsigned))];
const beside = { type: 'beside', name: ACT.name, by: 'content' };
/** One signer. @param {object} one @param {object} [document] */
const one = (one, document = beside) => checked([file0(document, [one])]);

/** @type {import('./steps.js').States} */
export const CHECK = {
  ready: [event('settings', { offline: true }), hostOpened],
  'host-missing': [event('host-failed', { failure: { code: 'HOST_MISSING' } })],
  reading: [...chosen(ACT, SIGNATURE, CERTIFICATE), read(1, 'signature', ['Streebog-256']), read(2, 'evidence'), event('progress', { index: 0, bytes: 201_326_592 })],
  'no-signature': [...chosen(file('Письмо.txt', 'Уважаемая'), CERTIFICATE), read(0, 'document'), read(1, 'evidence')],
  unreadable: [...chosen(SIGNATURE), event('file-failed', { index: 0, failure: { code: 'FILE_UNREADABLE' } })],
  checking: asked,
  'check-failed': [...asked, event('check-failed', { round: 2, failure: { code: 'INTERNAL' } })],
  valid: one(GOOD),
  'content-changed': one(failed('invalid', 'content-changed', 'content-changed'), { ...beside, by: 'name' }),
  'signature-invalid': one(failed('invalid', 'signature-invalid', 'signature-invalid')),
  'content-missing': one(failed('unchecked', 'content-missing', 'content-missing'), { type: 'missing' }),
  'several-documents': one(failed('unchecked', 'content-missing', 'content-missing'), { type: 'several', names: [ACT.name, 'Приложение.pdf'] }),
  'certificate-missing': one(failed('unchecked', 'certificate-missing', 'certificate-missing'), { ...beside, by: 'elimination' }),
  untrusted: one(signer('unchecked', 'untrusted', {
    indication: { main: 'INDETERMINATE', sub: 'NO_CERTIFICATE_CHAIN_FOUND' },
    certificate: certificate({ state: 'unchecked', reason: { code: 'issuer-missing', issuer: ISSUER.owner }, missing: [] }, { path: [ANNA], anchor: undefined, revocation: { state: 'not-asked' } }),
  })),
  expired: one(signer('unchecked', 'expired', {
    indication: { main: 'INDETERMINATE', sub: 'OUT_OF_BOUNDS_NO_POE' },
    certificate: certificate({ state: 'invalid', reason: { code: 'expired', until: TIME - 86_400 } }, { revocation: { state: 'not-asked' } }),
  })),
  'revocation-unknown': one(signer('unchecked', 'revocation-unknown', {
    certificate: certificate({ state: 'unchecked', reason: { code: 'revocation-unknown' }, missing: [] }, { revocation: { state: 'unavailable', why: 'no-evidence' } }),
  })),
  'asking-servers': [...asked, event('checked-so-far', report([file0(beside, [signer('unchecked', 'revocation-unknown', {
    certificate: certificate({ state: 'unchecked', reason: { code: 'revocation-unknown' }, missing: [] }, { revocation: { state: 'unavailable', why: 'no-evidence' } }),
  })])]))],
  'clock-wrong': one(signer('unchecked', 'clock-wrong', {
    indication: { main: 'INDETERMINATE', sub: 'GENERIC' },
    certificate: certificate({ state: 'unchecked', reason: { code: 'clock-wrong', time: TIME + 9_000_000, witness: 'server' }, missing: [] }, { revocation: { state: 'not-asked' } }),
  })),
  'part-of-xml': checked([file0({ type: 'inside', size: 4200 }, [signer('valid', 'valid', {
    indication: { main: 'TOTAL-PASSED' },
    certificate: certificate({ state: 'valid' }, {
      recognition: {
        country: 'RU',
        list: { name: 'Минцифры России', version: '16314', date: TIME - 86_400 },
        says: { code: 'accredited', authority: ISSUER.owner, since: 1_346_443_200 },
      },
    }),
    level: 'XAdES-BES',
    covered: ['<Body> #body', '<Сведения> #SIGNED_BY_CALLER'],
    unchecked: ['unsigned-properties'],
  })], { name: 'Заявление.xml', form: 'xml' })]),
  offline: [...one(GOOD), event('check-failed', { round: 2, failure: { code: 'CANCELLED' } })],
  'several-signers': checked([
    file0({ type: 'inside', size: 4200 }, [GOOD, failed('invalid', 'signature-invalid', 'key-mismatch')], { trailingBytes: 12 }),
    { name: 'b.p7s', file: 0, document: { type: 'missing' }, signers: [] },
  ], ['Приложение.pdf']),
};
