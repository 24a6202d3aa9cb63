/** Each site has its own last certificate, of so many sites. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
/** Node.js has no `navigator.locks` before 24. */
let locked = Promise.resolve();
const locks = { request: (_name, work) => (locked = locked.then(work)) };
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
const { lastCertificate, rememberCertificate } = await import('../../extension/sign/last_certificate.js');

const origin = (number) => `https://site-${number}.example`;

beforeEach(() => Object.assign(browser.storage, fakeBrowser().storage));

test('a site has the certificate that was used on it last, and no other site has', async () => {
  assert.equal(await lastCertificate(origin(1)), null);
  await rememberCertificate(origin(1), 'a');
  await rememberCertificate(origin(2), 'b');
  await rememberCertificate(origin(1), 'c');
  assert.equal(await lastCertificate(origin(1)), 'c');
  assert.equal(await lastCertificate(origin(2)), 'b');
  for (const other of ['https://site-1.example:8443', 'http://site-1.example', 'constructor', '__proto__']) assert.equal(await lastCertificate(other), null);
});

test('of more than 200 sites those are forgotten that were used longest ago', async () => {
  for (let number = 0; number < 200; number += 1) await rememberCertificate(origin(number), `${number}`);
  await rememberCertificate(origin(0), 'again');
  await rememberCertificate(origin(200), 'new');
  assert.equal(await lastCertificate(origin(1)), null);
  assert.deepEqual(await Promise.all([0, 2, 200].map((number) => lastCertificate(origin(number)))), ['again', '2', 'new']);
  const { lastCertificates } = await browser.storage.local.get({ lastCertificates: [] });
  assert.equal(lastCertificates.length, 200);
});

test('two windows that are through at the same moment are both remembered', async () => {
  await Promise.all([rememberCertificate(origin(1), 'a'), rememberCertificate(origin(2), 'b')]);
  assert.deepEqual([await lastCertificate(origin(1)), await lastCertificate(origin(2))], ['a', 'b']);
});
