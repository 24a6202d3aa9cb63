/** Where decisions are kept: those of private windows apart, and only as long as one of those windows is open. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { forgetDecisions, readDecisions, writeDecisions } = await import('../../extension/decisions.js');

const LASTING = { grants: [{ origin: 'https://a.example' }], refusals: [{ origin: 'https://b.example' }] };
const SESSION = [{ origin: 'https://c.example' }];

beforeEach(() => {
  Object.assign(browser.storage, fakeBrowser().storage);
  browser.windows.getAll = async () => [{ id: 1, incognito: false }, { id: 8, incognito: true }];
});

test('decisions are kept, and those for the session in memory only', async () => {
  await writeDecisions({ ...LASTING, sessionGrants: SESSION }, false);
  assert.deepEqual(await readDecisions(false), { ...LASTING, sessionGrants: SESSION });
  assert.deepEqual(await browser.storage.local.get({}), LASTING);
  assert.deepEqual(await readDecisions(true), {});
});

test('those of private windows are never on the disk, and end with the last of these windows', async () => {
  await writeDecisions(LASTING, true);
  assert.deepEqual(await browser.storage.local.get({}), {});
  assert.deepEqual(await readDecisions(true), LASTING);
  assert.deepEqual(await readDecisions(false), { grants: undefined, refusals: undefined, sessionGrants: undefined });
  browser.windows.getAll = async () => [{ id: 1, incognito: false }, { id: 9, incognito: true }];
  assert.deepEqual(await readDecisions(true), {});
});

test('what is in memory only is forgotten on demand', async () => {
  await writeDecisions({ ...LASTING, sessionGrants: SESSION }, false);
  await writeDecisions(LASTING, true);
  await forgetDecisions();
  assert.deepEqual(await readDecisions(false), { ...LASTING, sessionGrants: undefined });
  assert.deepEqual(await readDecisions(true), {});
});
