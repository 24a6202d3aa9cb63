/** What scripts/package has made, in TAMGA_PACKAGES: that its parts agree with each other. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const FOLDER = process.env.TAMGA_PACKAGES ?? '';
const ID = process.env.TAMGA_EXTENSION_ID ?? '';
const BASE = `file://${FOLDER}`;
const names = readdirSync(FOLDER);

const read = (/** @type {string} */ name) => readFileSync(path.join(FOLDER, name));
const sha256 = (/** @type {Buffer} */ content) => createHash('sha256').update(content).digest('hex');
/** @param {RegExp} pattern */
function one(pattern) {
  const found = names.filter((name) => pattern.test(name));
  assert.equal(found.length, 1, `${pattern}: ${found}`);
  return found[0];
}
/** The manifest in a packed extension; a CRX is a zip behind a header. @param {string} name */
function manifest(name) {
  const json = execFileSync('python3', ['-c', 'import sys, zipfile; print(zipfile.ZipFile(sys.argv[1]).read("manifest.json").decode())', path.join(FOLDER, name)]);
  return JSON.parse(json.toString());
}
const { version } = manifest(one(/-chrome\.zip$/));

describe('the packages', () => {
  it('have their sums', () => {
    const sums = read('SHA256SUMS').toString().trim().split('\n').map((line) => line.split('  '));
    const summed = names.filter((name) => !name.startsWith('SHA256SUMS'));
    assert.deepEqual(sums.map(([, name]) => name).sort(), summed.sort());
    for (const [sum, name] of sums) assert.equal(sum, sha256(read(name)), name);
  });

  it('have signed sums', () => {
    const verify = () => execFileSync('minisign', ['-V', '-q', '-p', process.env.TAMGA_SUMS_KEY ?? '', '-m', path.join(FOLDER, 'SHA256SUMS')]);
    assert.doesNotThrow(verify);
  });

  it('have one version', () => {
    for (const pattern of [/\.deb$/, /\.rpm$/, /\.pkg\.tar\.zst$/, /-linux-.*\.tar\.gz$/, /-source\.tar\.gz$/]) {
      const found = names.filter((name) => pattern.test(name));
      assert.ok(found.length, `${pattern}`);
      for (const name of found) assert.match(name, new RegExp(`^tamga[-_]${version}-`));
    }
    for (const name of names.filter((name) => /\.(zip|xpi|crx)$/.test(name))) assert.equal(manifest(name).version, version, name);
  });

  it('for stores have neither a key nor an address for updates', () => {
    for (const store of ['chrome', 'edge', 'firefox']) {
      const { key, update_url: address, browser_specific_settings: { gecko } } = manifest(one(new RegExp(`-${store}\\.zip$`)));
      assert.deepEqual([key, address, gecko.update_url], [undefined, undefined, undefined], store);
    }
  });

  it("for one's own server are what Chromium is told there", () => {
    const crx = one(/\.crx$/);
    const xml = read('update.xml').toString();
    const attribute = (/** @type {string} */ name) => new RegExp(` ${name}="([^"]*)"`).exec(xml.replace(/^<\?.*/, ''))?.[1];
    assert.equal(manifest(crx).update_url, `${BASE}/update.xml`);
    assert.deepEqual(
      ['appid', 'codebase', 'version', 'hash_sha256', 'prodversionmin'].map(attribute),
      [ID, `${BASE}/${crx}`, version, sha256(read(crx)), manifest(crx).minimum_chrome_version],
    );
  });

  it("for one's own server are what Firefox is told there", () => {
    const xpi = one(/\.xpi$/);
    const { gecko } = manifest(xpi).browser_specific_settings;
    // These are in a folder, and Firefox takes updates by https alone.
    assert.equal(gecko.update_url, undefined);
    const { updates } = JSON.parse(read('updates.json').toString()).addons[gecko.id];
    assert.deepEqual(updates, [{
      version,
      update_link: `${BASE}/${xpi}`,
      update_hash: `sha256:${sha256(read(xpi))}`,
      applications: { gecko: { strict_min_version: gecko.strict_min_version } },
    }]);
  });

  it('name the address for updates as each browser has it', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tamga-manifest-'));
    const file = path.join(folder, 'manifest.json');
    const address = 'https://tamga.example.org/updates';
    /** @param {string} incognito */
    const addressed = (incognito) => {
      writeFileSync(file, JSON.stringify({ incognito, key: 'AAAA', browser_specific_settings: { gecko: { id: 'a@b' } } }));
      execFileSync('node', [fileURLToPath(new URL('../../scripts/packaging/manifest.js', import.meta.url)), file, address]);
      const { key, update_url: chromiums, browser_specific_settings: { gecko } } = JSON.parse(readFileSync(file, 'utf8'));
      return [key, chromiums, gecko.update_url];
    };
    try {
      assert.deepEqual(addressed('split'), [undefined, address, undefined]);
      assert.deepEqual(addressed('spanning'), [undefined, undefined, address]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('for stores are no larger than people like to fetch', () => {
    for (const name of names.filter((name) => /\.(deb|zip|msi)$/.test(name))) {
      const megabytes = read(name).length / 1e6;
      console.log(`${name}: ${megabytes.toFixed(2)} MB`);
      if (name.endsWith('.zip')) assert.ok(megabytes <= 1, name);
    }
  });

  it('can be made by Mozilla as it does', () => {
    const files = execFileSync('tar', ['-tzf', path.join(FOLDER, one(/-source\.tar\.gz$/))]).toString();
    assert.match(files, new RegExp(`^tamga-${version}/package\\.json$`, 'm'));
    const script = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).scripts['build-for-amo'];
    assert.ok(existsSync(new URL(`../../${script.split(' ')[0]}`, import.meta.url)));
  });
});
