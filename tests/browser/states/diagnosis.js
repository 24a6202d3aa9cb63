/** The states of the page that says what keeps Tamga from working. */
import { event, press } from './steps.js';

const opened = event('opened', { version: '0.1.0', browser: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36' });
const ready = [opened, event('host-opened', { version: '0.1.0' })];
const FACTS = [
  { name: 'Tamga host', value: '0.1.0' },
  { name: 'program', value: '/usr/bin/tamga-host' },
  { name: 'system', value: 'Astra Linux SE 1.7, x86_64' },
  { name: 'browsers', value: 'Chromium, Chromium-Gost, Firefox' },
  { name: 'smart card service', value: 'runs' },
  { name: 'readers', value: 'Aktiv Rutoken ECP 00 00' },
  { name: 'modules', value: 'Rutoken, OpenSC' },
];
const MANIFEST = '~/.config/chromium/NativeMessagingHosts/org.tamga.host.json';

/** @param {string} code @param {object} [more] */
const finding = (code, more = {}) => ({ code, ...more });
/** @param {object[]} findings @param {object} [more] */
const found = (findings, more = {}) => [...ready, event('diagnosed', { findings, facts: FACTS, ...more })];
/** @param {string} code */
const failed = (code) => [opened, event('host-failed', { failure: { code } })];

const ELSEWHERE = finding('MANIFEST_ELSEWHERE', { subject: 'Chromium', place: MANIFEST, repairable: true });
/** Every fault, with what it is about. */
const ALL = [
  finding('MANIFEST_MISSING', { subject: 'Firefox', place: '~/.mozilla/native-messaging-hosts/org.tamga.host.json', repairable: true }),
  ELSEWHERE,
  finding('MANIFEST_HIDES_PACKAGE', { subject: 'Chromium', place: MANIFEST, repairable: true }),
  finding('MANIFEST_DAMAGED', { subject: 'Chromium', place: MANIFEST, repairable: true }),
  finding('MANIFEST_OF_ROOT', { subject: 'Firefox', place: '/root/.mozilla/native-messaging-hosts/org.tamga.host.json' }),
  finding('BROWSER_SANDBOXED', { subject: 'Chromium (snap)' }),
  finding('PORTAL_MISSING', { subject: 'Firefox (Flatpak)' }),
  finding('PORTAL_REFUSED', { subject: 'Firefox (snap)' }),
  finding('PORTAL_FORCED', { subject: 'Firefox', place: '~/.mozilla/firefox/x1y2z3.default-esr/prefs.js' }),
  finding('HOST_BLOCKED', { subject: 'Chromium', place: '/etc/chromium/policies/managed/company.json' }),
  finding('EXTENSION_BLOCKED', { subject: 'Firefox', place: '/etc/firefox/policies/policies.json' }),
  finding('PROGRAM_NOT_EXECUTABLE', { subject: 'tamga-host', place: '/home/…/tamga-host' }),
  finding('CLOSED_ENVIRONMENT', { subject: 'Rutoken', place: '/usr/lib/librtpkcs11ecp.so' }),
  finding('BROWSER_MACHINE', { subject: 'Chromium (aarch64)', place: '/usr/lib/chromium/chromium' }),
  finding('SERVICE_MISSING'),
  finding('SERVICE_STOPPED'),
  finding('SERVICE_REFUSES', { subject: 'Aktiv Rutoken ECP 00 00' }),
  finding('PROCESSES_HIDDEN', { place: '/proc' }),
  finding('READER_DRIVER_MISSING'),
  finding('CARD_HELD', { subject: 'Yubico YubiKey OTP+FIDO+CCID 00 00 (scdaemon)' }),
  finding('MODULE_MACHINE', { subject: 'JaCarta (32 bit)', place: '/usr/lib/libjcPKCS11-2.so' }),
  finding('MODULE_TOO_NEW', { subject: 'Rutoken (glibc 2.34)', place: '/usr/lib/librtpkcs11ecp.so' }),
  finding('MODULE_FAILS', { subject: 'SafeNet eToken', place: '/usr/lib/libeToken.so' }),
  finding('CLOCK_BEHIND'),
  finding('PROXY_UNUSABLE', { subject: 'proxy.company.example:3128' }),
  finding('HOST_OLDER', { subject: '0.1.0, 0.2.0' }),
  finding('EXTENSION_OLDER', { subject: '0.2.0, 0.1.0' }),
  finding('LIBRARIES_REPLACED', { subject: 'LD_LIBRARY_PATH', place: '/opt/vendor/lib/libpcsclite.so.1' }),
  finding('BROWSER_CONFINED', { subject: 'AppArmor: firefox' }),
  finding('READER_IS_MODEM', { subject: 'Fibocom L830-EB 03 00' }),
  finding('RIVAL_REGISTERED', { subject: 'CryptoPro', place: '/etc/chromium/native-messaging-hosts/ru.cryptopro.nmcades.json' }),
];

/** @type {import('./steps.js').States} */
export const DIAGNOSIS = {
  opening: [opened],
  'being-examined': ready,
  healthy: found([]),
  'every-fault': found(ALL),
  'one-to-repair': found([ELSEWHERE]),
  repaired: [...found([ELSEWHERE]), press('button_repair'), event('diagnosed', { findings: [], repaired: [ELSEWHERE], facts: FACTS })],
  'notes-only': found(ALL.slice(-4)),
  'not-examined': [...ready, event('diagnose-failed', { failure: { code: 'STORAGE_FAILED' } })],
  'report-copied': [...found([ELSEWHERE]), event('copied')],
  'host-missing': failed('HOST_MISSING'),
  'host-forbidden': failed('HOST_FORBIDDEN'),
  'host-not-started': failed('HOST_NOT_STARTED'),
  'host-garbled': failed('HOST_GARBLED'),
  'host-blocked': failed('HOST_BLOCKED'),
  'host-outdated': failed('HOST_OUTDATED'),
};
