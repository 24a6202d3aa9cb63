/**
 * The options' carrier.
 *
 * @typedef {import('../types/Command').Command} Command
 * @typedef {import('../types/OptionsEffect').OptionsEffect} Effect
 * @typedef {import('../types/OptionsEvent').OptionsEvent} ScreenEvent
 * @typedef {(event: ScreenEvent) => void} Tell
 */
import '../base64.js';
import { browser } from '../browser.js';
import { openCertificate } from '../certificate_tab.js';
import { openCheck } from '../check_tab.js';
import { openDiagnosis } from '../diagnosis_tab.js';
import { openFirstRun } from '../first_run_tab.js';
import { forgetDecisions } from '../decisions.js';
import { hiddenCertificates, hideCertificate, watchHidden } from '../hidden.js';
import { wantedToken } from '../options_tab.js';
import { managed } from '../managed.js';
import { decide, storedPolicy } from '../policy.js';
import { save } from '../save.js';
import { attempt, host, show } from '../screen.js';
import { pinEntry, setting } from '../settings.js';
import { dropFiles } from './drop.js';

const { tamgaBase64 } = globalThis;

/** As `MAX_KEY_FILE` in wasm-core/src/protocol.rs. */
const MAX_KEY_FILE = 8 << 20;
/** As `MAX_ANCHOR_FILE` in wasm-core/src/protocol/trust.rs. */
const MAX_ANCHOR_FILE = 1 << 20;
/** As `MAX_RECORD_PAGE` in wasm-core/src/protocol/record.rs. */
const MAX_RECORD_PAGE = 1000;

const tell = await show('Options', carryOut);
attempt(tell, async () => tell({
  type: 'opened',
  policy: await storedPolicy(),
  ...(await settings()),
  version: browser.runtime.getManifest().version,
  browser: navigator.userAgent,
  token: await wantedToken(),
  hidden: await hiddenCertificates(),
  now: Date.now(),
}));
addEventListener('focus', () => tell({ type: 'focused' }));
watchHidden(tell);
dropFiles(filePicker, tell);
browser.storage.onChanged.addListener((changes) => attempt(tell, async () => {
  if (changes.grants) tell({ type: 'decided', policy: await storedPolicy() });
}));
browser.storage.session.onChanged.addListener(() => attempt(tell, async () => {
  const token = await wantedToken();
  if (token !== null) tell({ type: 'token-wanted', token });
}));

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-check':
      return openCheck();
    case 'open-diagnosis':
      return openDiagnosis();
    case 'open-first-run':
      return openFirstRun();
    case 'open-host':
      return host.open(tell);
    case 'list-certificates':
      return host.list(tell);
    case 'hide-certificate':
      return hideCertificate(effect.certificate, effect.hidden);
    case 'open-certificate':
      return openCertificate(effect.certificate);
    case 'inspect-key-file':
      return inspectKeyFile(tell);
    case 'add-key-file':
      return addKeyFile(effect.password, effect.secondPassword, tell);
    case 'add-certificate':
      return addCertificate(tell);
    case 'remove-certificate':
      return change({ type: 'remove-certificate', certificate: effect.certificate }, tell, 'certificate-removed', 'certificate-failed');
    case 'remove-key-file':
      return change({ type: 'remove-key-file', keyFile: effect.keyFile }, tell, 'removed', 'remove-failed');
    case 'manage-pin':
      return change(effect.command, tell, 'pin-changed', 'pin-failed');
    case 'change-password':
      return change(effect.command, tell, 'password-changed', 'password-failed');
    case 'list-folders':
      return folders({ type: 'list-folders' }, tell);
    case 'add-folder':
      return folders({ type: 'add-folder', language: document.documentElement.lang }, tell);
    case 'remove-folder':
      return folders({ type: 'remove-folder', folder: effect.folder }, tell);
    case 'delete-everything':
      return deleteEverything(tell);
    case 'decide':
      return tell({ type: 'decided', policy: await decide(effect.change) });
    case 'set-pin-entry':
      return browser.storage.local.set({ pinEntry: effect.system ? 'system' : 'window' });
    case 'set-language':
      return setLanguage(effect.language);
    case 'record':
      return record(effect.command, tell);
    case 'export-record':
      return exportRecord(tell);
    case 'proxy':
      return proxy(effect.command, tell);
    case 'trust':
      return trust(effect.command, tell);
    case 'inspect-authority':
      return inspectAuthority(tell);
    case 'import-list':
      return importList(tell);
    case 'add-authority':
      return addAuthority(effect.fingerprint, tell);
    case 'copy':
      await navigator.clipboard.writeText(effect.text);
      return tell({ type: 'copied' });
  }
}

async function settings() {
  const { language: fixed, problems } = await managed();
  return {
    language: fixed ?? (await setting('language')),
    pinEntry: await pinEntry(),
    managed: { languageFixed: fixed !== null, problems },
  };
}

/** What the person picked or dropped. @returns {HTMLInputElement} */
function filePicker() {
  return /** @type {HTMLInputElement} */ (document.getElementById('file'));
}

/**
 * Of a file that is too large for a key file, as much as says what it is.
 *
 * @param {Tell} tell
 */
async function inspectKeyFile(tell) {
  const file = filePicker().files?.[0];
  const isPicked = () => file === filePicker().files?.[0];
  await host.ask(
    async (opened) => {
      if (!file) return;
      const isTooLarge = file.size > MAX_KEY_FILE;
      const content = await base64(isTooLarge ? file.slice(0, 4096) : file);
      const reply = await opened.request({ type: 'inspect-key-file', name: file.name, content });
      if (isTooLarge) throw { code: 'KEY_FILE_MALFORMED', subject: file.name };
      if (reply.type === 'key-file-inspected' && isPicked()) tell({ type: 'inspected', password: reply.password });
    },
    (failure) => isPicked() && tell({ type: 'add-failed', failure }),
  );
}

/** @param {Blob} file */
async function base64(file) {
  // What is moved or deleted after it was picked cannot be read.
  const content = await file.arrayBuffer().catch(() => {
    throw { code: 'FILE_UNREADABLE' };
  });
  return tamgaBase64.encode(new Uint8Array(content));
}

/**
 * @param {string} password
 * @param {string | undefined} secondPassword
 * @param {Tell} tell
 */
async function addKeyFile(password, secondPassword, tell) {
  const file = filePicker().files?.[0];
  await host.ask(
    async (opened) => {
      if (!file) throw { code: 'KEY_FILE_NOT_FOUND' };
      const content = await base64(file);
      const second = secondPassword === undefined ? {} : { secondPassword };
      const reply = await opened.request({ type: 'add-key-file', name: file.name, content, password, ...second });
      if (reply.type !== 'key-file-added') return;
      host.tellOthers();
      tell({ type: 'added', keys: reply.keys });
    },
    (failure) => tell({ type: 'add-failed', failure }),
  );
}

/** @param {Tell} tell */
async function addCertificate(tell) {
  const file = filePicker().files?.[0];
  await host.ask(
    async (opened) => {
      if (!file) throw { code: 'KEY_FILE_NOT_FOUND' };
      const reply = await opened.request({ type: 'add-certificate', name: file.name, content: await base64(file) });
      if (reply.type !== 'certificate-added') return;
      host.tellOthers();
      tell({ type: 'certificate-added', certificate: reply.certificate });
    },
    (failure) => tell({ type: 'add-failed', failure }),
  );
}

/**
 * Has the host change something that other pages list too.
 *
 * @param {Command} command
 * @param {Tell} tell
 * @param {'removed' | 'certificate-removed' | 'password-changed' | 'pin-changed'} done
 * @param {'remove-failed' | 'certificate-failed' | 'password-failed' | 'pin-failed'} failed
 */
async function change(command, tell, done, failed) {
  await host.ask(
    async (opened) => {
      await opened.request(command);
      host.tellOthers();
      tell({ type: done });
    },
    (failure) => tell({ type: failed, failure }),
  );
}

/**
 * @param {Command} command
 * @param {Tell} tell
 */
async function folders(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type !== 'folders') return;
      const { type: _, ...listed } = reply;
      if (command.type !== 'list-folders') host.tellOthers();
      tell({ type: 'folders-listed', ...listed });
    },
    (failure) => tell({ type: 'folders-failed', failure }),
  );
}

/**
 * The host's part first: if it fails, what the extension keeps still shows what there is.
 *
 * @param {Tell} tell
 */
async function deleteEverything(tell) {
  await host.ask(
    async (opened) => {
      await opened.request({ type: 'delete-everything' });
      await browser.storage.local.clear();
      await forgetDecisions();
      host.tellOthers();
      tell({ type: 'everything-deleted' });
      tell({ type: 'decided', policy: await storedPolicy() });
    },
    (failure) => tell({ type: 'deletion-failed', failure }),
  );
}

/**
 * @param {Command} command
 * @param {Tell} tell
 */
async function record(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (command.type !== 'read-record' || reply.type !== 'record') return tell({ type: 'record-changed' });
      const { type: _, ...page } = reply;
      const written = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
      const times = page.entries.map(({ time }) => written.format(time * 1000));
      tell({ type: 'record-read', search: command.search, skip: command.skip, page, times });
    },
    (failure) => tell({ type: 'record-failed', failure }),
  );
}

/**
 * Saves the record as a file, oldest entries first, as `tamga-host record export` does.
 *
 * @param {Tell} tell
 */
async function exportRecord(tell) {
  await host.ask(
    async (opened) => {
      /** @type {string[]} */
      const entries = [];
      for (let found = 1; entries.length < found; ) {
        const reply = await opened.request({ type: 'read-record', search: '', skip: entries.length, limit: MAX_RECORD_PAGE });
        if (reply.type !== 'record' || reply.entries.length === 0) break;
        found = reply.found;
        entries.push(...reply.entries.map((entry) => JSON.stringify(entry)));
      }
      const json = `[\n${entries.reverse().join(',\n')}\n]\n`;
      save(new Blob([json], { type: 'application/json' }), `tamga-${new Date().toISOString().slice(0, 10)}.json`);
    },
    (failure) => tell({ type: 'record-failed', failure }),
  );
}

/**
 * @param {Command} command
 * @param {Tell} tell
 */
async function trust(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type !== 'trust' && reply.type !== 'trust-changed') return;
      if (reply.type === 'trust-changed') host.tellOthers();
      if (command.type === 'fetch-list' || command.type === 'update-list') tell({ type: 'list-kept' });
      tell({ type: 'trust-listed', sources: reply.sources });
    },
    (failure) => tell({ type: 'trust-failed', failure }),
  );
}

/** @param {Tell} tell */
async function importList(tell) {
  const [file] = /** @type {HTMLInputElement} */ (document.getElementById('list-file')).files ?? [];
  await host.ask(
    async (opened) => {
      if (!file) throw { code: 'FILE_NOT_FOUND' };
      const sources = await opened.importList(file, file.name);
      host.tellOthers();
      tell({ type: 'list-kept' });
      tell({ type: 'trust-listed', sources });
    },
    (failure) => tell({ type: 'trust-failed', failure }),
  );
}

/**
 * @param {Command} command
 * @param {Tell} tell
 */
async function proxy(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type === 'proxy' || reply.type === 'proxy-changed') tell({ type: 'proxy-read', setting: reply.setting, fixed: reply.fixed });
    },
    (failure) => tell({ type: 'proxy-failed', failure }),
  );
}

/** The file with authorities that the person picked; its content is base64. */
async function authorityFile() {
  const [file] = /** @type {HTMLInputElement} */ (document.getElementById('authority-file')).files ?? [];
  if (!file) throw { code: 'FILE_NOT_FOUND' };
  if (file.size > MAX_ANCHOR_FILE) throw { code: 'CONTENT_TOO_LARGE', subject: file.name };
  return { name: file.name, content: await base64(file) };
}

/** @param {Tell} tell */
async function inspectAuthority(tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request({ type: 'inspect-authority', ...(await authorityFile()) });
      if (reply.type === 'authority-inspected') tell({ type: 'authorities-found', certificates: reply.certificates });
    },
    (failure) => tell({ type: 'trust-failed', failure }),
  );
}

/**
 * @param {string} fingerprint SHA-256 of its certificate, which is the certificate's id
 * @param {Tell} tell
 */
async function addAuthority(fingerprint, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request({ type: 'add-authority', ...(await authorityFile()), fingerprint });
      if (reply.type !== 'trust-changed') return;
      host.tellOthers();
      const added = reply.sources.flatMap(({ certificates }) => certificates).find(({ certificate }) => certificate.id === fingerprint);
      tell({ type: 'authority-added', owner: added?.certificate.owner ?? '' });
      tell({ type: 'trust-listed', sources: reply.sources });
    },
    (failure) => tell({ type: 'trust-failed', failure }),
  );
}

/** @param {string | null} language */
async function setLanguage(language) {
  if (language) await browser.storage.local.set({ language });
  else await browser.storage.local.remove('language');
  location.reload();
}
