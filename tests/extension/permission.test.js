/** Which sites may ask now, by what is stored. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Clock, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { denied, mayAlwaysAsk, refusedUntil } = await import('../../extension/permission.js');

const SITE = { origin: 'https://a.example', topOrigin: null };
const GRANT = { origin: 'https://a.example', scope: 'sign', decision: 'always', since: 0 };
const REFUSAL = { origin: 'https://a.example', scope: 'sign', count: 1 };

beforeEach(() => Object.assign(browser.storage, fakeBrowser().storage));

test('a grant is for its own site, until its end', async (context) => {
  const clock = new Clock(context);
  await browser.storage.local.set({ grants: [{ ...GRANT, until: Date.now() + 10 }] });
  assert.ok(await mayAlwaysAsk(SITE, false));
  for (const other of [{ ...SITE, origin: 'https://b.example' }, { ...SITE, topOrigin: 'https://b.example' }]) {
    assert.ok(!(await mayAlwaysAsk(other, false)));
  }
  clock.pass(9);
  assert.ok(await mayAlwaysAsk(SITE, false));
  clock.pass(1);
  assert.ok(!(await mayAlwaysAsk(SITE, false)));
});

test('a refusal for ever is no grant', async () => {
  await browser.storage.local.set({ grants: [{ ...GRANT, decision: 'never', until: Date.now() + 10_000 }] });
  assert.ok(!(await mayAlwaysAsk(SITE, false)));
  assert.equal(await refusedUntil('sign', SITE, false), Infinity);
  assert.equal(await refusedUntil('certificate', SITE, false), 0);
  assert.equal(await refusedUntil('sign', { ...SITE, origin: 'https://b.example' }, false), 0);
});

test('a grant is no refusal', async () => {
  await browser.storage.local.set({ grants: [{ ...GRANT, until: Date.now() + 10_000 }] });
  assert.equal(await refusedUntil('sign', SITE, false), 0);
});

test('of several refusals the longest holds, each until its end', async (context) => {
  const clock = new Clock(context);
  const now = Date.now();
  await browser.storage.local.set({ refusals: [{ ...REFUSAL, until: now + 10 }, { ...REFUSAL, origin: 'https://b.example', until: now + 99 }, { ...REFUSAL, until: now + 5 }] });
  assert.equal(await refusedUntil('sign', SITE, false), now + 10);
  clock.pass(9);
  assert.equal(await refusedUntil('sign', SITE, false), now + 10);
  clock.pass(1);
  assert.equal(await refusedUntil('sign', SITE, false), 0);
});

test('a page hears when it may ask again, if that is yet to come and not never', (context) => {
  new Clock(context);
  assert.deepEqual(denied(Date.now() + 1), { code: 'PERMISSION_DENIED', retryAfter: 1 });
  for (const until of [Date.now(), Date.now() - 1, 0, Infinity]) assert.deepEqual(denied(until), { code: 'PERMISSION_DENIED' });
});
