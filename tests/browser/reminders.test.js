/** Reminders of certificates that end: notification, the icon's number, the popup, after the worker has died too. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { words } from './screen.js';
import { until } from './until.js';

const DAY = 86_400;
const ANNA = 'anna-rsa2048';
const ID = 'ab'.repeat(32);

inBrowsers('reminders', [ANNA], (world) => {
  /** Somebody's certificate on a token that is not inserted ends in so many days. Stored as the extension's pages store it. */
  const endsIn = (/** @type {number} */ days) => world.settings.page.evaluate((id, until) => navigator.locks.request('terms', async () => {
    const { local } = (globalThis.browser ?? chrome).storage;
    const { terms = {} } = /** @type {any} */ (await local.get('terms'));
    await local.set({ terms: { ...terms, [id]: { owner: 'Касенов Данияр', person: 'д', portable: true, ...terms[id], until } } });
  }), ID, Math.round(Date.now() / 1000 + days * DAY));
  const badge = () => world.settings.page.evaluate(() => (globalThis.browser ?? chrome).action.getBadgeText({}));
  /** Whether it was said since this was asked last. Without a desktop Firefox closes at once what it cannot show. */
  const notified = () => world.settings.page.evaluate(async (id, isFirefox) => {
    const { notifications } = globalThis.browser ?? chrome;
    if (!isFirefox) {
      const isShown = id in (await notifications.getAll());
      if (isShown) await notifications.clear(id);
      return isShown;
    }
    const page = /** @type {any} */ (globalThis);
    const said = page.said ?? [];
    if (!page.said) notifications.onClosed.addListener((closed) => page.said.push(closed));
    page.said = [];
    return said.includes(id);
  }, ID, world.name === 'firefox');

  it('a certificate that ends is told once at each stage, by a worker that has died in between too', async () => {
    assert.ok(!(await notified()));
    await endsIn(6.5);
    await until('it is said', notified);
    await until('the icon counts', async () => (await badge()) === '6');
    await endsIn(5.5);
    await until('the icon counts down', async () => (await badge()) === '5');
    assert.ok(!(await notified()));
    await world.workerDies();
    await endsIn(2.5);
    await until('it is said again', notified);
    await endsIn(-0.5);
    await until('it is said that it is over', notified);
    await until('the icon says so', async () => (await badge()) === '!');
  });

  it('a browser that was ended and started again counts on, and says nothing twice', async () => {
    await endsIn(6.5);
    await until('it is said', notified);
    await world.restart();
    await until('the icon counts', async () => (await badge()) === '6');
    assert.ok(!(await notified()));
    await endsIn(2.5);
    await until('it is said again', notified);
  });

  it('the popup says what to do, and leaves in peace whoever wants that', async () => {
    await endsIn(6.5);
    await until('the icon counts', async () => (await badge()) === '6');
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Касенов Данияр');
    await popup.reads(words('reminder_advice'));
    await popup.press(words('action_of', { action: words('button_remind_later'), name: 'Касенов Данияр' }));
    await until('the icon is quiet', async () => (await badge()) === '');
    await until('the popup is quiet', async () => !(await popup.text()).includes('Касенов'));
  });

  it('a clock that went back reminds of nothing until the person says that it is right', async () => {
    await endsIn(5.5);
    await until('the icon counts', async () => (await badge()) === '5');
    await world.settings.page.evaluate((later) => (globalThis.browser ?? chrome).storage.local.set({ latestTime: later }), Date.now() + 3 * DAY * 1000);
    await until('the icon is quiet', async () => (await badge()) === '');
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('clock_title'));
    assert.ok(!(await popup.text()).includes('Касенов'));
    await popup.press(words('button_clock_right'));
    await popup.reads('Касенов Данияр');
    assert.ok(!(await popup.text()).includes(words('clock_title')));
    await until('the icon counts again', async () => (await badge()) === '5');
  });

  it('what the host lists is known from then on, with its end', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна Сергеевна');
    const known = await until('it is stored', () => world.settings.page.evaluate(async () => {
      const { terms = {} } = /** @type {any} */ (await (globalThis.browser ?? chrome).storage.local.get('terms'));
      return Object.values(terms).find(({ owner }) => owner.includes('Анна'));
    }));
    assert.ok(known.until * 1000 > Date.now(), JSON.stringify(known));
  });
}, { preferences: { 'extensions.background.idle.timeout': 1500 } });
