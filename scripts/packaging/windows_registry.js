/**
 * node scripts/packaging/windows_registry.js FOLDER <REGISTRATION: what the installers for Windows include.
 *
 * REGISTRATION is what `tamga-host manifests --windows --json` prints. FOLDER gets the manifests, registry.wxi for the MSI
 * and registry.nsh for NSIS: the keys that name the manifests, and the files that are installed beside the program.
 */
const { existsSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const [folder] = process.argv.slice(2);
const { files, keys } = JSON.parse(readFileSync(0, 'utf8'));
for (const [name, manifest] of Object.entries(files)) writeFileSync(path.join(folder, name), manifest);
const rows = Object.entries(keys);
const installed = [...Object.keys(files), 'extension-ids.json'].filter((name) => existsSync(path.join(folder, name)));

/** Lines of a file that an installer's script includes. @param {string} name @param {string[]} lines */
const write = (name, lines) => writeFileSync(path.join(folder, name), `${lines.join('\n')}\n`);

write('registry.wxi', [
  '<Include>',
  ...installed.map((name, index) => `  <File Id="Beside${index}" Name="${name}" Source="${name}"/>`),
  ...rows.map(([key, file], index) => `  <RegistryValue Id="Host${index}" Root="HKLM" Key="${key}" Type="string" Value="[INSTALLFOLDER]${file}"/>`),
  '</Include>',
]);
write('registry.nsh', [
  '!macro InstallBeside',
  ...installed.map((name) => `  File "${name}"`),
  '!macroend',
  '!macro RemoveBeside',
  ...installed.map((name) => `  Delete "$INSTDIR\\${name}"`),
  '!macroend',
  '!macro Register',
  ...rows.map(([key, file]) => `  WriteRegStr HKCU "${key}" "" "$INSTDIR\\${file}"`),
  '!macroend',
  '!macro Unregister',
  ...rows.map(([key, file]) => `  !insertmacro RemoveOwnKey "${key}" "$INSTDIR\\${file}"`),
  '!macroend',
]);
