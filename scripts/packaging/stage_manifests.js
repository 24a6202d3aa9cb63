/**
 * node scripts/stage_manifests.js FOLDER <MANIFESTS: lays the host's manifests out for a package.
 *
 * MANIFESTS is what `tamga-host manifests --json` prints: the manifests by the files in which browsers look. The package has
 * each manifest once, and symbolic links to it: a file of its own in /etc would be kept as somebody's settings when the
 * package is removed. Packages bring nothing in /etc/opt: those links are a list, which the package's scripts go by.
 */
const { mkdirSync, readFileSync, symlinkSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const OURS = '/usr/lib/tamga';
const [folder] = process.argv.slice(2);
const links = [];
/** The names of the manifests that are there already, by their content. */
const names = new Map();

const own = (file) => path.join(folder, OURS, file);
mkdirSync(path.join(folder, OURS), { recursive: true });
for (const [place, manifest] of Object.entries(JSON.parse(readFileSync(0, 'utf8')))) {
  let name = names.get(manifest);
  if (!name) {
    name = 'allowed_origins' in JSON.parse(manifest) ? 'chromium.json' : 'firefox.json';
    writeFileSync(own(name), manifest, { flag: 'wx' });
    names.set(manifest, name);
  }
  const goal = `${OURS}/${name}`;
  if (place.startsWith('/etc/opt/')) {
    links.push(`${place} ${goal}\n`);
    continue;
  }
  const link = path.join(folder, place);
  mkdirSync(path.dirname(link), { recursive: true });
  // Debian's rule: relative inside of /usr, absolute from elsewhere.
  symlinkSync(place.startsWith('/usr/') ? path.relative(path.dirname(place), goal) : goal, link);
}
writeFileSync(own('links'), links.join(''));
