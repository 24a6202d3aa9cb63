/** What JavaScript and Rust judge alike: both run the tables of cases that lie beside the Rust. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { covers, secureOrigin } from '../../extension/origin.js';

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
