/** What the scripts say where they cannot install anything: all of it, before they begin. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const SETUP = fileURLToPath(new URL('../../scripts/setup', import.meta.url));
/** What any system has. */
const BASICS = ['bash', 'cat', 'cut', 'dirname', 'env', 'grep', 'id', 'mkdir', 'mount', 'sed', 'sort', 'tr', 'uname'];
/** The system's own word for what it is, hidden in a file system of the script's own. */
const RELEASE = '/etc/os-release';
const HIDE = `mount --bind "$1" ${RELEASE} && exec bash "$2"`;

const mayMount = spawnSync('unshare', ['--mount', 'true']).status === 0 && existsSync(RELEASE);

describe('setting up where nothing can be installed', { skip: !mayMount && 'file systems cannot be mounted here' }, () => {
  it('names everything that is missing, at once, and does nothing', () => {
    const { status, stderr, target } = setUp([]);
    assert.equal(status, 1, stderr);
    for (const name of ['a C compiler', 'Git', 'OpenSSL 3', 'Node.js 18 or later', 'npm', 'Rust by rustup (https://rustup.rs)']) {
      assert.match(stderr, new RegExp(`^  - ${name.replace(/[.()]/g, '\\$&')}`, 'm'));
    }
    assert.equal(execFileSync('ls', ['-A', target], { encoding: 'utf8' }), '');
  });

  it('names what is too old', () => {
    const { status, stderr } = setUp(['c++', 'cc', 'git', 'npm', 'openssl', 'pkg-config', 'rustup', 'shellcheck'], { node: 'echo v16.20.2' });
    assert.equal(status, 1, stderr);
    assert.equal(stderr.trim(), 'Node.js 16.20.2 is too old: install 18 or later (https://nodejs.org).');
  });
});

/**
 * Sets up on a system that is no Debian and has these commands.
 *
 * @param {string[]} there of this computer
 * @param {Record<string, string>} [made] what others do
 */
function setUp(there, made = {}) {
  const home = mkdtempSync(path.join(tmpdir(), 'tamga-setup-'));
  const [bin, target, release] = ['bin', 'target', 'os-release'].map((name) => path.join(home, name));
  try {
    writeFileSync(release, 'ID=elsewhere\n');
    for (const folder of [bin, target]) mkdirSync(folder);
    for (const name of BASICS) symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), path.join(bin, name));
    for (const name of there) writeFileSync(path.join(bin, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    for (const [name, does] of Object.entries(made)) writeFileSync(path.join(bin, name), `#!/bin/sh\n${does}\n`, { mode: 0o755 });
    const environment = { PATH: bin, HOME: home, CARGO_TARGET_DIR: target };
    const unshare = execFileSync('which', ['unshare'], { encoding: 'utf8' }).trim();
    const { status, stderr } = spawnSync(unshare, ['--mount', 'bash', '-c', HIDE, 'bash', release, SETUP], { env: environment, encoding: 'utf8' });
    return { status, stderr, target };
  } finally {
    process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  }
}
