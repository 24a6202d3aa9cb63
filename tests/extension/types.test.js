/** The declarations for sites compile under the compilers that sites have. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../types/tsconfig.json', import.meta.url));

for (const version of ['typescript-5.0', 'typescript-5.4', 'typescript-5.9', 'typescript']) {
  test(`tamga.d.ts compiles under ${version}`, () => {
    const compiler = fileURLToPath(new URL(`../node_modules/${version}/bin/tsc`, import.meta.url));
    const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', PROJECT], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  });
}
