/** What the administrator has decided: read strictly, and never allowing more than the right value could have. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import { fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { fits, isAllowed, managed, parse } = await import('../../extension/managed.js');
const { mayAlwaysAsk, mayUse, refusedUntil } = await import('../../extension/permission.js');
const { pinEntry } = await import('../../extension/settings.js');
const { language } = await import('../../extension/texts.js');

const read = (path) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const SITE = { origin: 'https://bank.example', topOrigin: null };
const NOTHING = { allowedSites: null, grants: [], pinEntry: null, contracts: { tamga: true }, language: null, firstRunPage: true, problems: [] };

beforeEach(() => Object.assign(browser.storage, fakeBrowser().storage));

/** Has the browser say what the administrator decided. */
const decide = (values) => void (browser.storage.managed.get = async () => values);

test('an allowed site is itself, or all below: as Rust decides it', () => {
  for (const { allowed, asks, fits: expected } of read('wasm-core/src/policy/allowed.json')) assert.equal(fits(allowed, asks), expected, `${allowed} ${asks}`);
});

test('nothing said is nothing decided', async () => {
  assert.deepEqual(await managed(), NOTHING);
  browser.storage.managed.get = async () => {
    throw new Error('Managed storage manifest not found');
  };
  assert.deepEqual(await managed(), NOTHING);
  browser.storage.managed.get = async () => {
    throw new Error('Unexpected token');
  };
  assert.deepEqual(await managed(), { ...NOTHING, problems: ['*'] });
});

test('what makes sense is read', () => {
  const values = {
    allowedSites: ['https://bank.example', 'https://*.bank.example:8443', 'http://localhost:8000/'],
    grants: [{ origin: 'https://bank.example', scopes: ['sign'] }, { origin: 'https://a.example', topOrigin: 'https://bank.example', scopes: ['sign', 'certificate'] }],
    pinEntry: 'system',
    contracts: { tamga: true },
    language: 'kk',
    firstRunPage: false,
  };
  assert.deepEqual(parse(values), { ...values, allowedSites: ['https://bank.example', 'https://*.bank.example:8443', 'http://localhost:8000'], problems: [] });
});

test('what comes from the registry of Windows is read', () => {
  const grants = [{ origin: 'https://bank.example', scopes: ['sign'] }];
  const values = { grants: JSON.stringify(grants), contracts: { tamga: 0 }, firstRunPage: 0 };
  assert.deepEqual(parse(values), { ...NOTHING, grants, contracts: { tamga: false }, firstRunPage: false });
  assert.deepEqual(parse({ grants: '[{' }), { ...NOTHING, problems: ['grants'] });
});

for (const [what, values, expected, problems] of [
  ['a list that is none allows no site', { allowedSites: 'https://bank.example' }, { allowedSites: [] }, ['allowedSites']],
  ['what is no site is not allowed', { allowedSites: ['https://bank.example', 'http://bank.example', 'bank.example', 'https://bank.example/path', '*', 'https://*.*.example', 7, null] }, { allowedSites: ['https://bank.example'] }, [1, 2, 3, 4, 5, 6, 7].map((index) => `allowedSites[${index}]`)],
  ['a grant with something unknown is none', { grants: [{ origin: 'https://bank.example', scopes: ['sign'], until: 5 }] }, {}, ['grants[0]']],
  ['nor is one without a scope, with an unknown one, for no site, or in no site', { grants: [{ origin: 'https://bank.example', scopes: [] }, { origin: 'https://bank.example', scopes: ['sign', 'all'] }, { origin: 'https://*.bank.example', scopes: ['sign'] }, { origin: 'https://bank.example', topOrigin: '', scopes: ['sign'] }, 'https://bank.example'] }, {}, [0, 1, 2, 3, 4].map((index) => `grants[${index}]`)],
  ['an interface of which something else is said than yes is off', { contracts: { tamga: 'yes' } }, { contracts: { tamga: false } }, ['contracts.tamga']],
  ['so it is where it is not said of interfaces', { contracts: true }, { contracts: { tamga: false } }, ['contracts']],
  ['an interface that is not known does not matter', { contracts: { other: false } }, {}, ['contracts.other']],
  ['other values are not used', { pinEntry: 'System', language: 'de', firstRunPage: 'no', modules: [] }, {}, ['modules', 'pinEntry', 'language', 'firstRunPage']],
]) {
  test(what, () => assert.deepEqual(parse(values), { ...NOTHING, ...expected, problems }));
}

test('a list is bounded', () => {
  const { allowedSites, problems } = parse({ allowedSites: Array.from({ length: 1001 }, (_, index) => `https://a${index}.example`) });
  assert.equal(allowedSites.length, 1000);
  assert.deepEqual(problems, ['allowedSites[1000]']);
});

test('a frame needs the page around it to be allowed too', () => {
  const only = parse({ allowedSites: ['https://bank.example'] });
  assert.ok(isAllowed(only, SITE));
  assert.ok(!isAllowed(only, { ...SITE, topOrigin: 'https://other.example' }));
  assert.ok(!isAllowed(parse({ contracts: { tamga: false } }), SITE));
});

test('a site that is not allowed is refused for good, whatever the person allowed', async () => {
  const grant = { origin: SITE.origin, scope: 'sign', decision: 'always', since: 0, until: Date.now() + 60_000 };
  await browser.storage.local.set({ grants: [grant] });
  assert.ok(await mayUse(SITE));
  assert.ok(await mayAlwaysAsk(SITE, false));
  decide({ allowedSites: ['https://other.example'] });
  assert.ok(!(await mayUse(SITE)));
  assert.ok(!(await mayAlwaysAsk(SITE, false)));
  assert.equal(await refusedUntil('sign', SITE, false), Infinity);
});

test('a site with a grant of the administrator’s may always ask', async () => {
  decide({ grants: [{ origin: SITE.origin, scopes: ['certificate'] }] });
  assert.ok(await mayAlwaysAsk(SITE, false));
  assert.ok(!(await mayAlwaysAsk({ ...SITE, topOrigin: 'https://other.example' }, false)));
  assert.equal(await refusedUntil('sign', SITE, false), 0);
});

test('the administrator’s word on PINs and language is the last', async () => {
  await browser.storage.local.set({ pinEntry: 'window', language: 'ru' });
  browser.i18n = { getUILanguage: () => 'en' };
  assert.deepEqual([await pinEntry(), await language()], [{ system: false, fixed: false }, 'ru']);
  decide({ pinEntry: 'system', language: 'kk' });
  assert.deepEqual([await pinEntry(), await language()], [{ system: true, fixed: true }, 'kk']);
});

test('the schema, which Chromium asks for, and the reader know the same settings', () => {
  const { properties } = read('manifests/policy.json');
  const unknown = Object.keys(properties).filter((key) => parse({ [key]: undefined }).problems.length > 0);
  assert.deepEqual(unknown, []);
  const { problems: _, ...known } = NOTHING;
  assert.deepEqual(Object.keys(properties).sort(), Object.keys(known).sort());
  assert.deepEqual(Object.keys(properties.contracts.properties), Object.keys(NOTHING.contracts));
});
