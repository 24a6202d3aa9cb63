/** Numbers and names that JavaScript repeats after Rust. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fakeBrowser } from './fakes.js';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const protocol = read('wasm-core/src/protocol.rs');

/** A constant of protocol.rs, such as `pub const WINDOW: u32 = 8;` or `1 << 20`. */
function constant(name) {
  const [, value, shift] = protocol.match(new RegExp(`pub const ${name}: \\w+ = (\\d+)(?: << (\\d+))?;`));
  return Number(value) * 2 ** Number(shift ?? 0);
}

test('the protocol\'s numbers', async () => {
  globalThis.chrome = fakeBrowser();
  const native = await import('../../extension/native.js');
  const versions = await import('../../extension/versions.js');
  assert.equal(versions.PROTOCOL, constant('PROTOCOL'));
  assert.equal(versions.OLDEST_PROTOCOL, constant('OLDEST_PROTOCOL'));
  const [, workspace] = read('Cargo.toml').match(/\[workspace\.package\]\nversion = "([\d.]+)"/);
  assert.ok(versions.compare(versions.OLDEST_HOST, workspace) <= 0);
  assert.equal(native.LARGE_MESSAGE, constant('LARGE_MESSAGE'));
  assert.equal(native.MAX_LARGE_MESSAGE, constant('MAX_LARGE_MESSAGE'));
  assert.equal(globalThis.tamgaStreams.WINDOW, constant('WINDOW'));
  assert.ok(globalThis.tamgaStreams.PIECE <= constant('MAX_CHUNK'));
});

test('the day before which no clock is right', async () => {
  globalThis.chrome = fakeBrowser();
  const { RELEASED } = await import('../../extension/clock.js');
  const [, released] = read('wasm-core/src/clock.rs').match(/pub const RELEASED: i64 = ([\d_]+);/);
  assert.equal(RELEASED, Number(released.replaceAll('_', '')));
});

test('the extension\'s own page has one name', async () => {
  globalThis.chrome = fakeBrowser();
  const { OWN_PAGE } = await import('../../extension/sender_origin.js');
  const [, own] = read('wasm-core/src/origin.rs').match(/pub const OWN_PAGE: &str = "(.+)";/);
  assert.equal(OWN_PAGE, own);
});

test('the first steps have the scripts that sites have, in their order', () => {
  const { content_scripts: scripts } = JSON.parse(read('manifests/extension.json'));
  const html = read('extension/first_run/first_run.html');
  const own = [...html.matchAll(/<script src="\.\.\/([^"]+)">/g)].map(([, file]) => file);
  assert.deepEqual(own, scripts.flatMap(({ js }) => js));
});

test('the page\'s limits', () => {
  const limit = (path, name) => Number(read(path).match(new RegExp(`const ${name} = (\\d+);`))[1]);
  for (const path of ['extension/page/arguments.js', 'extension/content/page_request.js']) assert.equal(limit(path, 'MAX_DOCUMENTS'), constant('MAX_DOCUMENTS'));
  assert.equal(limit('extension/page/arguments.js', 'MAX_NAME'), constant('MAX_NAME'));
});

test('the codes that pages hear are listed, have a sentence, and those that come without a window are marked', () => {
  const [, list] = read('wasm-core/src/failure/code.rs').match(/FOR_PAGES: \[Self; \d+\] = \[([^\]]+)\]/);
  const told = [...list.matchAll(/Self::(\w+)/g)].map(([, name]) => name.replace(/\B[A-Z]/g, '_$&').toUpperCase()).sort();
  const [, described] = read('extension/page/tamga.d.ts').split('export type TamgaErrorCode =');
  assert.deepEqual([...described.matchAll(/\| '([A-Z_]+)'/g)].map(([, code]) => code).sort(), told);
  const [, sentences] = read('extension/page/errors.js').match(/SENTENCES = \{([^}]+)\}/);
  assert.deepEqual([...sentences.matchAll(/^ *([A-Z_]+): '/gm)].map(([, code]) => code).sort(), told);
  // What the worker, the content script and the page's half answer by themselves.
  const sources = ['router.js', 'requests.js', 'queue.js', 'permission.js', 'content/content.js', 'content/page_request.js', 'content/window_port.js', 'page/arguments.js', 'page/tamga.js'].map((file) => `extension/${file}`).map(read).join();
  const without = new Set([...sources.matchAll(/'([A-Z_]+)'/g)].map(([, code]) => code).filter((code) => told.includes(code)));
  without.delete('CONTENT_CHANGED'); // on the way from the window
  const marked = [...described.matchAll(/\/\*\*[\s*]*¹[^]*?\*\/\s*\| '([A-Z_]+)'/g)].map(([, code]) => code);
  assert.deepEqual(marked.sort(), [...without].sort());
});

test('the manifest names files that are there', () => {
  const manifest = JSON.parse(read('manifests/extension.json'));
  const files = [manifest.background.service_worker, ...manifest.content_scripts.flatMap(({ js }) => js)];
  for (const file of files) assert.ok(read(`extension/${file}`), file);
  assert.deepEqual(manifest.permissions, ['activeTab', 'alarms', 'nativeMessaging', 'notifications', 'storage']);
  assert.equal(manifest.web_accessible_resources, undefined);
  assert.equal(manifest.host_permissions, undefined);
});
