/**
 * node scripts/policy_templates.js FOLDER: makes the administrative templates of Windows there, tamga.admx and its texts in
 * English and Russian. They are made of manifests/policy.json, which says what the extension reads, of the settings of the
 * host (native-host/src/settings/administrator.rs), and of the words in manifests/policies/texts.json.
 */
const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const extension = JSON.parse(read('manifests/extension.json'));
const schema = JSON.parse(read('manifests/policy.json'));
const texts = JSON.parse(read('manifests/policies/texts.json'));

const HOST_KEY = 'Software\\Policies\\Tamga';
const LANGUAGES = { en: 'en-US', ru: 'ru-RU' };
/** Where each browser has what is decided for an extension. */
const BROWSERS = {
  chrome: `Software\\Policies\\Google\\Chrome\\3rdparty\\extensions\\${chromiumId()}\\policy`,
  edge: `Software\\Policies\\Microsoft\\Edge\\3rdparty\\extensions\\${chromiumId()}\\policy`,
  firefox: `Software\\Policies\\Mozilla\\Firefox\\3rdparty\\Extensions\\${extension.browser_specific_settings.gecko.id}`,
};

/** Chromium's id: the first half of the key's SHA-256, each hex digit as a letter from a to p. */
function chromiumId() {
  const digest = createHash('sha256').update(Buffer.from(extension.key, 'base64')).digest('hex');
  return [...digest.slice(0, 32)].map((digit) => String.fromCharCode(97 + parseInt(digit, 16))).join('');
}

/** @typedef {{name: string, key: string, value: string, kind: 'flag' | 'text' | 'list' | 'choice', choices?: string[], category: string}} Setting */

/** What the extension reads. @returns {Setting[]} */
function ofExtension(category, key) {
  return Object.entries(schema.properties).flatMap(([value, { type, properties, items, enum: choices }]) => {
    if (type === 'object') return Object.keys(properties).map((part) => ({ name: `${value}.${part}`, key: `${key}\\${value}`, value: part, kind: 'flag', category }));
    // Objects are written as JSON.
    const kind = { boolean: 'flag', array: items?.type === 'string' ? 'list' : 'text' }[type] ?? (choices ? 'choice' : 'text');
    return [{ name: value, key, value, kind, choices, category }];
  });
}

/** What the host reads. @returns {Setting[]} */
function ofHost() {
  const [, table] = read('native-host/src/settings/administrator.rs').match(/SETTINGS: [^=]+= \[([^;]+)\];/);
  const kinds = { Flag: 'flag', Text: 'text', Texts: 'list', Proxy: 'text' };
  return [...table.matchAll(/\("(\w+)", Kind::(\w+)\)/g)].map(([, value, kind]) => {
    const { enum: choices } = schema.properties[value] ?? {};
    return { name: value, key: HOST_KEY, value, kind: choices ? 'choice' : kinds[kind], choices, category: 'computer' };
  });
}

const settings = [...ofHost(), ...Object.entries(BROWSERS).flatMap(([browser, key]) => ofExtension(browser, key))];
const id = ({ category, name }) => `${category}_${name.replace('.', '_')}`;
const word = (name) => name.replace('.', '_');
const xml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** @param {Setting} setting */
function element(setting) {
  const { value, kind, key, choices = [] } = setting;
  if (kind === 'list') return `<elements><list id="${id(setting)}" key="${key}\\${value}" valuePrefix="" /></elements>`;
  if (kind === 'text') return `<elements><text id="${id(setting)}" valueName="${value}" maxLength="65536" required="true" /></elements>`;
  if (kind === 'choice') {
    const items = choices.map((choice) => `<item displayName="$(string.${word(`${setting.name}.${choice}`)})"><value><string>${choice}</string></value></item>`);
    return `<elements><enum id="${id(setting)}" valueName="${value}" required="true">${items.join('')}</enum></elements>`;
  }
  return '<enabledValue><decimal value="1" /></enabledValue><disabledValue><decimal value="0" /></disabledValue>';
}

/** @param {Setting} setting */
function policy(setting) {
  const { name, key, value, kind, category } = setting;
  const shown = kind === 'flag' ? ` valueName="${value}"` : ` presentation="$(presentation.${id(setting)})"`;
  return `    <policy name="${id(setting)}" class="Machine" displayName="$(string.${word(name)})" explainText="$(string.${word(name)}_about)" key="${key}"${shown}>
      <parentCategory ref="${category}" />
      <supportedOn ref="supported" />
      ${element(setting)}
    </policy>`;
}

function admx() {
  const categories = ['computer', ...Object.keys(BROWSERS)];
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitions xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <policyNamespaces><target prefix="tamga" namespace="Tamga.Policies" /></policyNamespaces>
  <resources minRequiredRevision="1.0" />
  <supportedOn><definitions><definition name="supported" displayName="$(string.supported)" /></definitions></supportedOn>
  <categories>
    <category name="product" displayName="$(string.product)" />
${categories.map((name) => `    <category name="${name}" displayName="$(string.${name})"><parentCategory ref="product" /></category>`).join('\n')}
  </categories>
  <policies>
${settings.map(policy).join('\n')}
  </policies>
</policyDefinitions>
`;
}

/** @param {Record<string, string | [string, string]>} words */
function adml(words) {
  const strings = Object.entries(words).flatMap(([name, text]) => (Array.isArray(text) ? [[name, text[0]], [`${name}_about`, text[1]]] : [[name, text]]));
  const presentations = settings.flatMap((setting) => {
    const [label] = words[setting.name];
    const refId = id(setting);
    const parts = {
      list: `<listBox refId="${refId}">${xml(label)}</listBox>`,
      text: `<textBox refId="${refId}"><label>${xml(label)}</label></textBox>`,
      choice: `<dropdownList refId="${refId}" noSort="true">${xml(label)}</dropdownList>`,
      flag: null,
    };
    return parts[setting.kind] ? [`      <presentation id="${refId}">${parts[setting.kind]}</presentation>`] : [];
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<policyDefinitionResources xmlns="http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions" revision="1.0" schemaVersion="1.0">
  <displayName>Tamga</displayName>
  <description>Tamga</description>
  <resources>
    <stringTable>
${strings.map(([name, text]) => `      <string id="${word(name)}">${xml(text)}</string>`).join('\n')}
    </stringTable>
    <presentationTable>
${presentations.join('\n')}
    </presentationTable>
  </resources>
</policyDefinitionResources>
`;
}

const [folder] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
writeFileSync(path.join(folder, 'tamga.admx'), admx());
for (const [language, name] of Object.entries(LANGUAGES)) {
  mkdirSync(path.join(folder, name), { recursive: true });
  writeFileSync(path.join(folder, name, 'tamga.adml'), adml(texts[language]));
}
