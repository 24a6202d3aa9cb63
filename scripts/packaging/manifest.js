/**
 * node scripts/packaging/manifest.js FILE [UPDATE-URL]: makes the manifest of a built extension that of a package.
 *
 * Stores give the key, and refuse another; a signed package has it in its signature. Stores refuse an address for updates
 * too: only who serves the extension themselves has one. Firefox is told by its copy, which has no "split" windows; it refuses
 * an extension whose updates do not come by https.
 */
const { readFileSync, writeFileSync } = require('node:fs');

const [file, updateUrl] = process.argv.slice(2);
const manifest = JSON.parse(readFileSync(file, 'utf8'));
delete manifest.key;
if (updateUrl) {
  const isFirefoxs = manifest.incognito !== 'split';
  if (!isFirefoxs) manifest.update_url = updateUrl;
  else if (updateUrl.startsWith('https://')) manifest.browser_specific_settings.gecko.update_url = updateUrl;
}
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
