/** What administrators are given: the templates of Windows, the examples, and what extension and host read are about the same settings. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (/** @type {string} */ file) => readFileSync(path.join(ROOT, file), 'utf8');
const schema = JSON.parse(read('manifests/policy.json'));
const rust = read('native-host/src/settings/administrator.rs');
/** The names of the host's settings. */
const settings = [...rust.slice(rust.indexOf('SETTINGS:'), rust.indexOf('];')).matchAll(/\("(\w+)", Kind::/g)].map(([, name]) => name);
/** What the extension reads, one name for each value. */
const values = Object.entries(schema.properties).flatMap(([name, { properties }]) => (properties ? Object.keys(properties).map((part) => `${name}\\${part}`) : [name]));

describe('what administrators are given', () => {
  /** @type {string} */
  let folder;
  /** @type {string} */
  let admx;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'tamga-admx-'));
    execFileSync(process.execPath, [path.join(ROOT, 'scripts/policy_templates.js'), folder]);
    admx = readFileSync(path.join(folder, 'tamga.admx'), 'utf8');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('the templates name what the host and the extension in each browser read', () => {
    assert.ok(settings.length > 0 && values.length > 0);
    const written = (/** @type {string} */ category) => {
      const policies = admx.match(new RegExp(`<policy name="${category}_[^]*?</policy>`, 'g')) ?? [];
      return policies.map((policy) => {
        const [, key] = policy.match(/ key="([^"]+)"/) ?? [];
        const [, name] = policy.match(/ valueName="([^"]+)"/) ?? [];
        // A list is a key below the others, with a value for each entry.
        const [, list] = policy.match(/<list [^>]*key="([^"]+)"/) ?? [];
        return list ?? `${key}\\${name}`;
      }).sort();
    };
    const below = (/** @type {string} */ key, /** @type {string[]} */ names) => names.map((name) => `${key}\\${name}`).sort();
    assert.deepEqual(written('computer'), below('Software\\Policies\\Tamga', settings));
    const [chromium] = Object.keys(JSON.parse(read('manifests/policies/chromium.json'))['3rdparty'].extensions);
    assert.deepEqual(written('chrome'), below(`Software\\Policies\\Google\\Chrome\\3rdparty\\extensions\\${chromium}\\policy`, values));
    assert.deepEqual(written('edge'), below(`Software\\Policies\\Microsoft\\Edge\\3rdparty\\extensions\\${chromium}\\policy`, values));
    assert.deepEqual(written('firefox'), below('Software\\Policies\\Mozilla\\Firefox\\3rdparty\\Extensions\\tamga@tamga.org', values));
    assert.ok(rust.includes(String.raw`REGISTRY: &str = r"Software\Policies\Tamga"`));
  });

  for (const language of ['en-US', 'ru-RU']) {
    it(`has words for everything (${language})`, () => {
      const adml = readFileSync(path.join(folder, language, 'tamga.adml'), 'utf8');
      for (const [kind, tag] of [['string', 'string'], ['presentation', 'presentation']]) {
        const used = new Set([...admx.matchAll(new RegExp(`\\$\\(${kind}\\.(\\w+)\\)`, 'g'))].map(([, name]) => name));
        const given = [...adml.matchAll(new RegExp(`<${tag} id="(\\w+)"`, 'g'))].map(([, name]) => name);
        assert.deepEqual(given.sort(), [...used].sort());
      }
      // The fields of a policy and of its dialog are tied by their names.
      const fields = [...admx.matchAll(/<(?:list|text|enum) id="(\w+)"/g)].map(([, name]) => name);
      assert.deepEqual([...adml.matchAll(/refId="(\w+)"/g)].map(([, name]) => name).sort(), fields.sort());
    });
  }

  it('is XML', () => {
    execFileSync('xmllint', ['--noout', ...['tamga.admx', 'en-US/tamga.adml', 'ru-RU/tamga.adml'].map((file) => path.join(folder, file))]);
  });

  it('the examples make sense to who reads them, and leave nothing out', async () => {
    globalThis.chrome = /** @type {any} */ ({});
    const { parse } = await import('../../extension/managed.js');
    const [chromium] = Object.values(JSON.parse(read('manifests/policies/chromium.json'))['3rdparty'].extensions);
    const firefox = JSON.parse(read('manifests/policies/firefox.json')).policies['3rdparty'].Extensions['tamga@tamga.org'];
    for (const example of [chromium, firefox]) {
      assert.deepEqual(parse(example).problems, []);
      assert.deepEqual(Object.keys(example).sort(), Object.keys(schema.properties).sort());
    }
    assert.deepEqual(Object.keys(JSON.parse(read('manifests/policies/settings.json'))).sort(), settings.sort());
  });
});
