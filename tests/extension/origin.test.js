/** What JavaScript and Rust judge alike: both run the tables of cases that lie beside the Rust. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { covers, secureOrigin } from '../../extension/origin.js';
import { fakeBrowser } from './fakes.js';

globalThis.chrome = fakeBrowser();
const { requesterOf } = await import('../../extension/sender_origin.js');

const table = (path) => JSON.parse(readFileSync(new URL(`../../wasm-core/src/${path}`, import.meta.url), 'utf8'));

test('the secure origins are those of Rust', () => {
  for (const { address, origin, secure } of table('origin/secure.json')) {
    assert.equal(new URL(address).origin, origin, address);
    assert.equal(secureOrigin(address), secure ? origin : null, address);
  }
});

test('what is no address has no origin', () => {
  for (const address of [undefined, '', 'null', 'example.kz', '//example.kz']) assert.equal(secureOrigin(address), null, address);
});

test('a refusal covers whom Rust says it covers', () => {
  for (const { refused, asks, covered } of table('policy/coverage.json')) assert.equal(covers(refused, asks), covered, JSON.stringify({ refused, asks }));
});

test('an address that cannot be read is covered by nothing, and covers nothing', () => {
  const [unreadable, site] = [{ origin: 'null' }, { origin: 'https://a.example' }];
  assert.equal(covers(unreadable, site), false);
  assert.equal(covers(site, unreadable), false);
});

test('who asks is the tab and the frame of the sender, and nobody where the browser names neither', () => {
  const tab = { id: 7, url: 'https://a.example/', incognito: true };
  const page = { origin: 'https://a.example', frameId: 0, tab };
  assert.deepEqual(requesterOf(page), { tab: 7, frame: 0, origin: 'https://a.example', topOrigin: null, isPrivate: true });
  for (const sender of [undefined, {}, { ...page, tab: undefined }, { ...page, tab: { ...tab, id: undefined } }, { ...page, frameId: undefined }]) {
    assert.equal(requesterOf(sender), null);
  }
  // The browser's word for the origin counts, and the address only where there is none.
  assert.equal(requesterOf({ ...page, origin: 'http://a.example', url: 'https://a.example/' }), null);
  assert.equal(requesterOf({ ...page, origin: undefined, url: 'https://a.example/' }).origin, 'https://a.example');
});

test('a frame is named with the page around it, unless that is of the same origin', () => {
  const frame = (origin, top) => requesterOf({ origin, frameId: 3, tab: { id: 7, url: top } });
  assert.equal(frame('https://a.example', 'https://b.example/x').topOrigin, 'https://b.example');
  assert.equal(frame('https://a.example', 'https://a.example/x').topOrigin, null);
  assert.equal(frame('https://a.example', 'http://b.example/x'), null);
  assert.equal(frame('https://a.example', undefined), null);
});
