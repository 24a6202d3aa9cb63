/** What `scripts/test` counts, permits and names, by logs as the runners write them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const REPORT = fileURLToPath(new URL('../../scripts/report', import.meta.url));
const NEXTEST = `
    Starting 4 tests across 2 binaries (1 test skipped)
        PASS [   0.012s] (1/4) gost3410 curve::tests::names
        PASS [  61.500s] (2/4) tamga-tests::integration modules::hostile::hangs
        FAIL [   0.100s] (3/4) tamga-core ber::tests::short
        SKIP [         ] (───) tamga-core pkcs12::hash::tests::costs
        PASS [   1.000s] (4/4) tamga-tests::integration tokens::softhsm
SKIPPED: SoftHSM is not installed
     Summary [  62.000s] 4 tests run: 3 passed (1 slow), 1 failed, 1 skipped
`;
const CARGO = `
test pkcs12::hash::tests::costs ... ignored, measures
test ber::tests::short ... ok
test result: ok. 1 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
`;
const NODE = `
▶ signing (firefox)
  ✔ anna signs (4402.25ms)
  ﹣ a document larger than the disk (0.5ms) # only Chromium keeps Blobs on the disk
▶ signing (firefox) (90000.1ms)
ℹ tests 2
ℹ pass 1
ℹ fail 0
ℹ cancelled 0
ℹ skipped 1
`;

describe('a run of the tests', () => {
  it('is counted by what each runner says, and a test that says it was skipped proves nothing', () => {
    assert.deepEqual(counts(NEXTEST), [2, 1, 2]);
    assert.deepEqual(counts(CARGO), [1, 0, 1]);
    assert.deepEqual(counts(NODE), [1, 0, 1]);
    assert.deepEqual(counts('no runner\n'), [1, 0, 0]);
    assert.deepEqual(counts('no runner\n', { status: 1 }), [0, 1, 0]);
    assert.deepEqual(counts('SKIPPED: rustfmt is not installed\n', { status: 77 }), [0, 0, 1]);
  });

  it('fails when it is strict and skips what is not permitted, for a reason, in this layer', () => {
    const failed = (/** @type {string} */ log, /** @type {string} */ permitted) => counts(log, { strict: true, permitted })[1];
    assert.equal(failed(CARGO, ''), 1);
    assert.equal(failed(CARGO, 'rust|hash::tests::costs|it measures\n'), 0);
    assert.equal(failed(CARGO, 'firefox|hash::tests::costs|it measures\n'), 1);
    assert.equal(failed(CARGO, 'rust|hash::tests::costs|\n'), 1);
    assert.equal(failed(NEXTEST, 'rust|hash::tests::costs|it measures\n'), 2);
    assert.equal(failed(NODE, 'rust|larger than the disk|Firefox keeps it in memory\n'), 0);
    assert.equal(failed(NODE, ''), 1);
    assert.equal(failed('SKIPPED: rustfmt is not installed\n', 'rust|hash|it measures\n'), 1);
  });

  it('names what it skipped, and what is not permitted', () => {
    const said = report('print_notes', { log: NEXTEST, strict: true, permitted: 'rust|hash::tests::costs|it measures\n' });
    assert.match(said, /^Skipped, rust: SoftHSM is not installed$/m);
    assert.match(said, /^Skipped, rust: tamga-core pkcs12::hash::tests::costs$/m);
    assert.deepEqual(said.match(/^FAILED.*$/gm), ['FAILED, not among scripts/permitted-skips: rust: SoftHSM is not installed']);
  });

  it('names what failed, or shows the end of what names nothing', () => {
    const failures = (/** @type {string} */ log) => report('count rust 1 5; print_failures', { log }).trim().split('\n');
    assert.deepEqual(failures(NEXTEST), ['FAILED, rust: tamga-core ber::tests::short']);
    assert.deepEqual(failures('test curve::tests::names ... FAILED\n'), ['FAILED, rust: curve::tests::names']);
    assert.deepEqual(failures('▶ signing\n  ✖ anna signs (12.5ms)\n'), ['FAILED, rust: anna signs']);
    const explained = '✖ anna signs (12.5ms)\n✖ failing tests:\n\ntest at signing.test.js:18:3\n✖ anna signs (12.5ms)\n  Error: Timed out\n  the screen says: PIN\n      at until (until.js:18:33)\n';
    assert.deepEqual(failures(explained), ['FAILED, rust: anna signs', 'Why: ✖ anna signs (12.5ms)', '      Error: Timed out', '      the screen says: PIN']);
    assert.deepEqual(failures('error: no space left\n'), ['FAILED, rust: error: no space left']);
    assert.equal(report('count rust 0 5; print_failures', { log: CARGO }), '');
  });

  it('remembers what has passed until a file of it changes; a strict run only says so', () => {
    const script = `check() { if has_passed deny "$logs/a" "$logs/b"; then echo again; else passes deny "$logs/a" "$logs/b"; fi; }
      echo one >"$logs/a"; echo two >"$logs/b"; printf 'deny never\\nmacos never\\n' >"$checked"
      strict=true; check; grep -x 'deny never' "$checked"; strict=false; check; check; grep -x 'macos never' "$checked"
      echo three >"$logs/b"; check; check; mv "$logs/b" "$logs/c"; has_passed deny "$logs/a" "$logs/c" || echo renamed; ls "$logs"`;
    const lines = report(script, { log: '' }).trim().split('\n').map((line) => line.replace(/[0-9a-f]{40}/, 'HASH'));
    const [noted, unchanged] = ['NOTE: scripts/checked should say: deny HASH', 'UNCHANGED: nothing that deny reads has changed since it passed'];
    assert.deepEqual(lines.slice(0, 10), [noted, 'deny never', noted, unchanged, 'again', 'macos never', noted, unchanged, 'again', 'renamed']);
    assert.deepEqual(lines.slice(10), ['a', 'c', 'checked', 'permitted', 'rust.log']);
  });

  it('names the slowest tests, and no groups of tests', () => {
    const lines = report('print_slowest', { log: NEXTEST + NODE }).trim().split('\n').slice(1).map((line) => line.trim());
    assert.deepEqual(lines.slice(0, 3), [
      '61.5  rust: tamga-tests::integration modules::hostile::hangs',
      '4.4  rust: anna signs',
      '1.0  rust: tamga-tests::integration tokens::softhsm',
    ]);
    assert.equal(lines.length, 4);
  });
});

/**
 * How many tests of a log have passed, failed and were skipped.
 *
 * @param {string} log
 * @param {Settings} [settings]
 */
function counts(log, settings) {
  return report(`count rust ${settings?.status ?? 0} 5; cat "$logs/rust.counts"`, { log, ...settings }).trim().split(' ').slice(0, 3).map(Number);
}

/**
 * What a function of the script prints.
 *
 * @typedef {{status?: number, strict?: boolean, permitted?: string}} Settings
 * @param {string} call
 * @param {Settings & {log: string}} settings
 */
function report(call, { log, strict = false, permitted = '' }) {
  const logs = mkdtempSync(path.join(tmpdir(), 'tamga-report-'));
  try {
    writeFileSync(path.join(logs, 'rust.log'), log);
    writeFileSync(path.join(logs, 'permitted'), permitted);
    const script = `set -euo pipefail; logs=$1 permitted=$1/permitted checked=$1/checked strict=${strict} only='' layers='rust|1a|tests'; source "$2"; ${call}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', logs, REPORT], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return stdout;
  } finally {
    rmSync(logs, { recursive: true });
  }
}
