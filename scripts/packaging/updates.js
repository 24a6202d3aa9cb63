/**
 * node scripts/packaging/updates.js ID FILE FOLDER URL: prints what browsers read at the extension's address for updates.
 *
 * FILE is the packed extension, FOLDER what is in it, URL the folder where FILE will be. Firefox's ids have an @, its answer
 * is JSON; Chromium's is XML.
 */
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const path = require('node:path');

const [id, file, folder, url] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
const address = `${url}/${path.basename(file)}`;
const { version, minimum_chrome_version: oldestChromium } = manifest;
const oldestFirefox = manifest.browser_specific_settings.gecko.strict_min_version;

/** @param {string} text */
const attribute = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function chromiums() {
  return `<?xml version="1.0" encoding="UTF-8"?>
<gupdate xmlns="http://www.google.com/update2/response" protocol="2.0">
  <app appid="${id}">
    <updatecheck codebase="${attribute(address)}" version="${version}" prodversionmin="${oldestChromium}" hash_sha256="${sha256}"/>
  </app>
</gupdate>
`;
}

function firefoxs() {
  const applications = { gecko: { strict_min_version: oldestFirefox } };
  const update = { version, update_link: address, update_hash: `sha256:${sha256}`, applications };
  return `${JSON.stringify({ addons: { [id]: { updates: [update] } } }, null, 2)}\n`;
}

process.stdout.write(id.includes('@') ? firefoxs() : chromiums());
