/** Reminders as pure functions: once per stage, after days away, quiet, renewed, out of reach. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysLeft, due, open, quieted, remember, told } from '../../extension/expiry.js';

const DAY = 86_400_000;
const NOW = Date.UTC(2027, 0, 15, 12);
/** The last second of a term that ends after so many days. */
const after = (days) => (NOW + days * DAY) / 1000;

/** A key as the host lists it. */
function key(id, days, { type = 'pkcs12', owner = id, view = {}, ...more } = {}) {
  return {
    id,
    location: { type },
    view: { owner, ownerDetails: [{ label: 'commonName', value: owner }], notAfter: after(days), digest: 'SHA-256', ...view },
    ...more,
  };
}

const ids = (reminders) => reminders.map(({ id }) => id);
/** What the person hears at each of these days, from the first on. */
function heard(terms, days) {
  return days.map((day) => {
    const now = NOW + day * DAY;
    const news = due(terms, [], now);
    terms = told(terms, news, now);
    return ids(news).join();
  });
}

test('each stage is said once', () => {
  const terms = remember({}, [key('a', 40.5)], NOW);
  const days = Array.from({ length: 46 }, (_, day) => day);
  const said = heard(terms, days).flatMap((news, day) => (news ? [daysLeft({ until: after(40.5) }, NOW + day * DAY)] : []));
  assert.deepEqual(said, [30, 14, 7, 3, 1, 0, -1]);
});

test('a browser that starts hourly says nothing twice', () => {
  const terms = remember({}, [key('a', 8)], NOW);
  const hours = Array.from({ length: 24 * 10 }, (_, hour) => hour / 24);
  assert.equal(heard(terms, hours).filter(Boolean).length, 6);
});

test('after days away only what is true now is said', () => {
  const terms = remember({}, [key('a', 40.5)], NOW);
  assert.deepEqual(heard(terms, [0, 36, 36.5, 60]), ['', 'a', '', 'a']);
  assert.deepEqual(heard(terms, [41, 42]), ['a', '']);
});

test('the earlier of certificate and key term counts', () => {
  const terms = remember({}, [key('a', 400, { view: { keyUntil: after(5) } })], NOW);
  assert.deepEqual(ids(due(terms, [], NOW)), ['a']);
  assert.equal(due(terms, [], NOW)[0].until, after(5));
});

test('the soonest comes first', () => {
  const terms = remember({}, [key('a', 20), key('b', 2), key('c', 100), key('d', 9)], NOW);
  assert.deepEqual(ids(open(terms, [], NOW)), ['b', 'd', 'a']);
});

test('what had expired, or signs not at all, is nothing to be reminded of', () => {
  const keys = [
    key('expired', -10), key('unsupported', 2, { problem: 'KEY_UNSUPPORTED' }), key('unfit', 2, { view: { defect: 'CERTIFICATE_UNFIT' } }),
    key('no-digest', 2, { view: { digest: undefined } }),
  ];
  assert.deepEqual(due(remember({}, keys, NOW), [], NOW), []);
});

test('one that expired meanwhile is spoken of for a month', () => {
  const terms = remember({}, [key('a', 1.5)], NOW);
  assert.deepEqual(ids(open(terms, [], NOW + 10 * DAY)), ['a']);
  assert.deepEqual(open(terms, [], NOW + 40 * DAY), []);
});

test('of what is hidden nobody is reminded, until it is shown again', () => {
  const terms = remember({}, [key('a', 6.5), key('b', 9)], NOW);
  assert.deepEqual(ids(open(terms, ['a'], NOW)), ['b']);
  assert.deepEqual(ids(due(terms, ['a', 'b'], NOW)), []);
  assert.deepEqual(ids(due(terms, [], NOW)), ['a', 'b']);
});

test('whoever wants to hear of it later is left in peace for three days, and then told once', () => {
  let terms = remember({}, [key('a', 13)], NOW);
  terms = told(terms, due(terms, [], NOW), NOW);
  terms = quieted(terms, 'a', 'later', NOW);
  assert.deepEqual(open(terms, [], NOW + 2 * DAY), []);
  assert.deepEqual(ids(open(terms, [], NOW + 3.1 * DAY)), ['a']);
  assert.deepEqual(heard(terms, [1, 3.1, 6.1]), ['', '', 'a']);
});

test('whoever wants to hear no more of it hears no more of it, however often it is listed', () => {
  const keys = [key('a', 13), key('b', 13)];
  let terms = quieted(remember({}, keys, NOW), 'a', 'never', NOW);
  terms = remember(terms, keys, NOW + DAY);
  assert.deepEqual(ids(open(terms, [], NOW + 12 * DAY)), ['b']);
  assert.equal(quieted(terms, 'unknown', 'never', NOW), terms);
});

test('one that is renewed is not spoken of; two that end together both are', () => {
  const renewed = remember({}, [key('old', 5, { owner: 'Anna' }), key('new', 370, { owner: 'Anna' })], NOW);
  assert.deepEqual(open(renewed, [], NOW), []);
  const pair = remember({}, [key('rsa', 5, { owner: 'Anna' }), key('gost', 5, { owner: 'Anna' })], NOW);
  assert.equal(open(pair, [], NOW).length, 2);
});

test('a file that was removed is forgotten; a token in the drawer is not', () => {
  const all = [key('file', 5), key('token', 5, { type: 'token' }), key('drive', 5, { type: 'cryptopro' })];
  let terms = told(remember({}, all, NOW), due(remember({}, all, NOW), [], NOW), NOW);
  terms = remember(terms, [], NOW);
  assert.deepEqual(Object.keys(terms).sort(), ['drive', 'token']);
  assert.deepEqual(due(terms, [], NOW), []);
  assert.deepEqual(remember(terms, [], NOW + 60 * DAY), {});
});
