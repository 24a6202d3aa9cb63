/** Reminders in the worker: notifications in the person's language, the icon's number, alarms. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { Clock, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
/** Node.js has no `navigator.locks` before 24. */
let locked = Promise.resolve();
const locks = { request: (_name, work) => (locked = locked.then(work)) };
Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
globalThis.fetch = async (url) => new Response(readFileSync(new URL(`../../extension/${url.replace('chrome-extension://tamga/', '')}`, import.meta.url)));
const { clockDoubt, RELEASED, trustClock } = await import('../../extension/clock.js');
const { alarmRang, notificationClicked, remind, setAlarm, termsChanged } = await import('../../extension/reminders.js');
const { quiet, rememberTerms, reminders } = await import('../../extension/terms.js');
const { addWaiting, removeWaiting } = await import('../../extension/waiting.js');

const DAY = 86_400_000;

beforeEach(() => Object.assign(browser, fakeBrowser()));

/** The host lists a key whose certificate ends in so many days. */
const lists = (...days) => rememberTerms(days.map((left, index) => ({
  id: `id${index}`,
  location: { type: 'pkcs12' },
  view: { owner: `Owner ${index}`, ownerDetails: [{ label: 'commonName', value: `${index}` }], notAfter: (Date.now() + left * DAY) / 1000, digest: 'SHA-256' },
})));

const unsay = () => Object.keys(browser.notified).forEach((id) => delete browser.notified[id]);
const request = (isPrivate) => ({ id: '1', scope: 'sign', requester: { tab: 1, origin: 'https://a.example', isPrivate } });

test('a certificate that ends is told once, in the language of the browser or the one that was chosen', async (context) => {
  const clock = new Clock(context);
  await lists(7.5);
  await remind();
  const { title, message, type } = browser.notified.id0;
  assert.deepEqual([type, title], ['basic', 'Сертификат истекает через 7 дней']);
  assert.ok(message.startsWith('Owner 0\nПолучите новый заранее'), message);
  unsay();
  await remind();
  assert.deepEqual(browser.notified, {});
  await browser.storage.local.set({ language: 'en' });
  for (const [days, words] of [[4.6, 'The certificate expires in 2 days'], [1, 'The certificate expires in 1 day'], [1, 'Last day of the certificate'], [0.1, null], [1, 'The certificate has expired']]) {
    clock.pass(days * DAY);
    unsay();
    await remind();
    assert.equal(browser.notified.id0?.title ?? null, words);
  }
});

test('many at once are one notification with all owners', async () => {
  await lists(1.5, 2, 3, 4);
  await remind();
  assert.deepEqual(Object.keys(browser.notified), ['several']);
  assert.equal(browser.notified.several.title, 'Скоро истекают сертификаты: 4');
  assert.equal(browser.notified.several.message, 'Owner 0, Owner 1, Owner 2, Owner 3');
});

test('the icon counts the days of the first, unless requests wait', async (context) => {
  const clock = new Clock(context);
  await lists(400);
  await remind();
  assert.equal(browser.badges.all, '');
  await lists(20.5, 9.5);
  await remind();
  assert.equal(browser.badges.all, '9');
  await addWaiting(request(false));
  assert.equal(browser.badges.all, '1');
  await removeWaiting(() => true);
  assert.equal(browser.badges.all, '9');
  await addWaiting(request(true));
  assert.equal(browser.badges.all, '9');
  await quiet('id1', 'never');
  await remind();
  assert.equal(browser.badges.all, '20');
  clock.pass(21 * DAY);
  await remind();
  assert.equal(browser.badges.all, '!');
  assert.deepEqual((await reminders()).map(({ id }) => id), ['id0']);
});

test('what the host lists, and what the person wants, reaches the worker', async () => {
  await lists(3.5);
  await termsChanged({ grants: {} });
  assert.deepEqual(browser.notified, {});
  await termsChanged({ terms: {} });
  assert.ok(browser.notified.id0);
});

test('by a clock that is wrong nobody is reminded of anything', async (context) => {
  const clock = new Clock(context);
  await lists(9.5);
  await remind();
  assert.equal(browser.badges.all, '9');
  unsay();
  // Its battery is empty.
  clock.pass(RELEASED * 1000 - 1 - Date.now());
  assert.equal(await clockDoubt(), 'program');
  await lists(-0.5);
  await remind();
  assert.deepEqual(browser.notified, {});
  assert.equal(browser.badges.all, '');
  assert.deepEqual(await reminders(), []);
});

test('a clock that went back by days is doubted until the person knows that it is right', async (context) => {
  const clock = new Clock(context);
  await lists(9.5);
  await remind();
  unsay();
  clock.pass(5 * DAY);
  await remind();
  assert.ok(browser.notified.id0);
  clock.pass(-DAY);
  assert.equal(await clockDoubt(), null);
  clock.pass(-DAY);
  assert.equal(await clockDoubt(), 'back');
  // What it shows now is not the latest time.
  await remind();
  assert.equal(await clockDoubt(), 'back');
  assert.deepEqual(await reminders(), []);
  await trustClock();
  await remind();
  assert.equal(await clockDoubt(), null);
  assert.equal((await reminders()).length, 1);
});

test('private windows leave nothing behind', async () => {
  browser.extension.inIncognitoContext = true;
  await lists(3);
  assert.deepEqual(await browser.storage.local.get({}), {});
  browser.extension.inIncognitoContext = false;
});

test('where no key is left nothing is stored', async () => {
  await lists(3);
  await lists();
  assert.deepEqual(await browser.storage.local.get({}), {});
});

test('the alarm is set where there is none, and rings for nothing else', async () => {
  await setAlarm();
  const first = browser.alarms.reminders;
  assert.deepEqual(first, { periodInMinutes: 360 });
  await setAlarm();
  assert.equal(browser.alarms.reminders, first);
  await lists(3);
  await alarmRang({ name: 'other' });
  assert.deepEqual(browser.notified, {});
  await alarmRang({ name: 'reminders' });
  assert.ok(browser.notified.id0);
});

test('a notification leads to the popup, where it stands what to do', async () => {
  await lists(3);
  await remind();
  await notificationClicked('id0');
  assert.deepEqual(browser.notified, {});
  assert.deepEqual(browser.created, [{ url: 'chrome-extension://tamga/popup/popup.html' }]);
});
