/** The pages' heads, which name what a page needs before its script asks for it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const EXTENSION = new URL('../../extension/', import.meta.url);
/** Made by the build. */
const CORES = new URL('wasm/', EXTENSION);

/**
 * Every module that a module imports, and those import.
 *
 * @param {URL} module
 * @param {Set<string>} found
 */
function imports(module, found = new Set()) {
  if (module.href.startsWith(CORES.href)) return found;
  for (const [, path] of readFileSync(module, 'utf8').matchAll(/^import (?:[^']* from )?'([^']+)';/gm)) {
    const imported = new URL(path, module);
    if (!found.has(imported.href)) imports(imported, found.add(imported.href));
  }
  return found;
}

for (const name of ['popup', 'sign', 'options', 'certificate', 'check', 'diagnosis', 'first_run']) {
  test(`${name}.html fetches everything at once`, () => {
    const page = new URL(`${name}/${name}.html`, EXTENSION);
    const html = readFileSync(page, 'utf8');
    const early = /<(?:link rel="modulepreload" href|script type="module" async src)="([^"]+)"/g;
    const preloaded = [...html.matchAll(early)].map(([, path]) => new URL(path, page).href);
    const [, core] = /<html [^>]*data-core="(\w+)"/.exec(html) ?? [];
    const needed = imports(new URL(`${name}.js`, page)).add(new URL(`tamga_${core}.js`, CORES).href);
    assert.deepEqual(preloaded.sort(), [...needed].sort());
    assert.ok(html.includes(`<link rel="preload" href="../wasm/tamga_${core}_bg.wasm" as="fetch"`), core);
  });
}
