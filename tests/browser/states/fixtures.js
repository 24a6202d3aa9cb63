/** What the host lists in the states of the screens: keys in files, containers and tokens, and what is wrong with them. */
import { certificate } from './certificates.js';

const ANNA = /** @type {[string, string][]} */ ([
  ['commonName', 'Иванова Анна Сергеевна'], ['surname', 'Иванова'], ['givenName', 'Анна Сергеевна'], ['inn', '771234567890'],
]);

const people = {
  anna: { subject: ANNA, holder: 'individual', gost: true },
  /** The same person, for an organisation: what must not look like the one above. */
  director: {
    subject: [
      ['commonName', 'ООО «Ромашка»'], ['surname', 'Иванова'], ['givenName', 'Анна Сергеевна'], ['title', 'Генеральный директор'],
      ['organization', 'Общество с ограниченной ответственностью «Ромашка»'], ['ogrn', '1027700132195'], ['innLegalEntity', '7712345678'],
    ],
    holder: 'legalEntity',
    gost: true,
  },
  aigul: {
    subject: [['commonName', 'ӨМІРБЕКОВА АЙГҮЛ'], ['surname', 'ӨМІРБЕКОВА'], ['givenName', 'НҰРЛАНҚЫЗЫ'], ['iin', '880101400123'], ['country', 'KZ']],
    issuer: 'ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (демо)',
    holder: 'individual',
    purposes: ['kzIndividual'],
  },
  aigulsCompany: {
    subject: [
      ['commonName', 'ӨМІРБЕКОВА АЙГҮЛ'], ['surname', 'ӨМІРБЕКОВА'], ['givenName', 'НҰРЛАНҚЫЗЫ'], ['iin', '880101400123'], ['country', 'KZ'],
      ['organization', '"ДАЛА ЖЕЛІ" ЖАУАПКЕРШІЛІГІ ШЕКТЕУЛІ СЕРІКТЕСТІГІ'], ['bin', '180440012345'],
    ],
    issuer: 'ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ (демо)',
    holder: 'legalEntity',
    purposes: ['kzLegalEntity', 'kzHead'],
  },
  emily: { subject: [['commonName', 'Emily Carter'], ['organization', 'Carter & Daughters Ltd'], ['country', 'GB']], issuer: 'Demo Issuing CA 2' },
  soon: { subject: [['commonName', 'Касенов Данияр Галымович']], days: [-350, 12] },
  today: { subject: [['commonName', 'Белов Игорь Павлович']], days: [-365, 0.4] },
  expired: { subject: [['commonName', 'Старов Олег Николаевич']], days: [-800, -116] },
  future: { subject: [['commonName', 'Peter Young']], days: [12, 377] },
  encrypts: { subject: [['commonName', 'Тайнова Вера Ильинична']], encrypts: true },
  long: {
    subject: [
      ['commonName', 'Константинопольская-Переславль-Залесская Александра-Екатерина Всеволодовна'],
      ['title', 'Заместитель начальника управления правового обеспечения и государственных закупок'],
      ['organization', 'Федеральное государственное бюджетное образовательное учреждение высшего образования «Демонстрационный университет»'],
    ],
    issuer: 'Федеральное казначейство, удостоверяющий центр с очень длинным наименованием (демонстрационный)',
  },
};

/** Each of them, as in a `KeyEntry`. */
export const CERTIFICATES = /** @type {Record<keyof typeof people, import('./certificates.js').Listed>} */ (Object.fromEntries(
  Object.entries(people).map(([who, person]) => [who, certificate(/** @type {import('./certificates.js').Person} */ (person))]),
));
const STAFF = Array.from({ length: 60 }, (_, index) => certificate({
  subject: [['commonName', `Сотрудник № ${index + 1}`], ['organization', `Филиал № ${1 + index % 7}`], ['inn', String(770000000000 + index)]],
  holder: 'individual',
  days: index % 20 === 19 ? [-400, -index] : [-60, 5 + index * 11],
}));

/**
 * A key in a PKCS#12 file.
 *
 * @param {import('./certificates.js').Listed} of
 * @param {string} [name] of the file
 */
export function inFile(of, name = 'ivanova.p12', more = {}) {
  return { ...of, chain: [], location: { type: 'pkcs12', keyFile: of.id.slice(0, 16), name }, ...more };
}

/** A key in a container of CryptoPro's, without a password. @param {import('./certificates.js').Listed} of */
export function inContainer(of) {
  const location = { type: 'cryptopro', folder: '/media/anna/FLASH/ivanova.000', name: 'Иванова 2026' };
  return { ...of, chain: [], passwordless: true, location };
}

/** A key on a token. @param {import('./certificates.js').Listed} of @param {{id: string, name: string}} on */
export function onToken(of, on) {
  return { ...of, chain: [], location: { type: 'token', token: on.id, name: on.name } };
}

/** Sixty people's key files, some of which have expired. */
export const SIXTY = STAFF.map((person, index) => inFile(person, `employee-${index + 1}.p12`));

/**
 * A token with a PIN of 6 to 8 characters that is typed on the computer.
 *
 * @param {Record<string, unknown>} [pin] what is different with its PIN
 * @param {Record<string, unknown>} [more] what is different otherwise
 */
export function token(pin = {}, more = {}) {
  return {
    id: '00000000a1b2c3d4',
    name: 'Рутокен бухгалтерии',
    model: 'Rutoken ECP',
    serial: '0a1b2c3d',
    reader: 'Aktiv Rutoken ECP 00 00',
    driver: 'Rutoken',
    pin: { entry: 'keyboard', state: 'ready', shortest: 6, longest: 8, ...pin },
    adminPin: 'ready',
    ...more,
  };
}

/**
 * A listing of one token with a certificate on it.
 *
 * @param {Record<string, unknown>} [pin]
 * @param {Record<string, unknown>} [more]
 */
export function tokenListing(pin, more) {
  const one = token(pin, more);
  // A PIN that is not typed here is none that has to be asked for.
  const passwordless = one.pin.entry !== 'keyboard';
  return { keys: [{ ...onToken(CERTIFICATES.director, one), passwordless }], unreadable: [], tokens: [one] };
}

/** A listing of these keys. @param {...object} keys */
export function listing(...keys) {
  return { keys, unreadable: [] };
}

/** A card that is known, one that is not, and no driver for either. */
export const READERS_WITHOUT_DRIVER = [
  { name: 'ACS ACR39U 00 00', card: { name: 'Удостоверение личности РК', driver: 'KAZTOKEN (kaztoken.kz)' } },
  { name: 'Generic Reader 01 00' },
];

/** What can keep keys from being listed: a damaged file, a driver that fails, the system's service. */
export const UNREADABLE = [
  { failure: { code: 'KEY_FILE_MALFORMED', subject: 'old.p12' }, location: { type: 'pkcs12', keyFile: '00000000deadbeef', name: 'old.p12' } },
  { failure: { code: 'MODULE_FAILED', subject: 'JaCarta' } },
  { failure: { code: 'READERS_STOPPED' } },
];

const SITE = { origin: 'https://zakupki.example' };
const FRAME = { origin: 'https://sign.partner.example:8443', topOrigin: 'https://portal.example' };
const LASTING = { since: Date.UTC(2026, 11, 1), until: Date.UTC(2027, 4, 30) };

/** Stored decisions of every kind. */
export const POLICY = {
  grants: [
    { ...SITE, scope: 'sign', decision: 'always', ...LASTING, pinTerm: { minutes: 15 } },
    { ...SITE, scope: 'certificate', decision: 'always', ...LASTING },
    { ...FRAME, scope: 'sign', decision: 'always', ...LASTING },
    { origin: 'https://spam.example', scope: 'sign', decision: 'never', since: LASTING.since },
  ],
};

/** This site may do everything. */
export const ALLOWED = { grants: ['sign', 'certificate'].map((scope) => ({ ...SITE, scope, decision: 'always', ...LASTING })) };
