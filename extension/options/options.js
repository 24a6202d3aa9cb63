/**
 * The options' carrier.
 *
 * @typedef {import('../types/OptionsEffect').OptionsEffect} Effect
 * @typedef {import('../types/OptionsNews').OptionsNews} News
 * @typedef {(news: News) => void} Tell
 */
import { setting } from '../ahead.js';
import { browser } from '../browser.js';
import { decide, host, pinEntry, show, storedPolicy, toBase64, wantedToken } from '../screen.js';

/** As `MAX_KEY_FILE` in wasm-core/src/protocol.rs. */
const MAX_KEY_FILE = 1 << 20;

const tell = await show('Options', carryOut);
tell({
  type: 'opened',
  policy: await storedPolicy(),
  language: await setting('language'),
  pinEntry: await pinEntry(),
  version: browser.runtime.getManifest().version,
  browser: navigator.userAgent,
  token: await wantedToken(),
  now: Date.now(),
});
browser.storage.onChanged.addListener(async (changes) => {
  if (changes.grants) tell({ type: 'decided', policy: await storedPolicy() });
});
browser.storage.session.onChanged.addListener(async () => {
  const token = await wantedToken();
  if (token !== null) tell({ type: 'token-wanted', token });
});

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      return host.open(tell);
    case 'list-certificates':
      return host.list(tell);
    case 'add-key-file':
      return addKeyFile(effect.password, tell);
    case 'remove-key-file':
      return removeKeyFile(effect.keyFile, tell);
    case 'manage-pin':
      return managePin(effect.command, tell);
    case 'decide':
      return tell({ type: 'decided', policy: await decide(effect.change) });
    case 'set-pin-entry':
      return browser.storage.local.set({ pinEntry: effect.system ? 'system' : 'window' });
    case 'set-language':
      return setLanguage(effect.language);
    case 'copy':
      await navigator.clipboard.writeText(effect.text);
      return tell({ type: 'copied' });
  }
}

/**
 * @param {string} password
 * @param {Tell} tell
 */
async function addKeyFile(password, tell) {
  const picker = /** @type {HTMLInputElement} */ (document.getElementById('file'));
  const file = picker.files?.[0];
  await host.ask(
    async (opened) => {
      if (!file || file.size > MAX_KEY_FILE) throw { code: 'KEY_FILE_MALFORMED', subject: file?.name };
      const content = toBase64(await file.arrayBuffer());
      const reply = await opened.request({ type: 'add-key-file', name: file.name, content, password });
      if (reply.type !== 'key-file-added') return;
      host.tellOthers();
      tell({ type: 'added', keys: reply.keys });
    },
    (failure) => tell({ type: 'add-failed', failure }),
  );
}

/**
 * @param {string} keyFile
 * @param {Tell} tell
 */
async function removeKeyFile(keyFile, tell) {
  await host.ask(
    async (opened) => {
      await opened.request({ type: 'remove-key-file', keyFile });
      host.tellOthers();
      tell({ type: 'removed' });
    },
    (failure) => tell({ type: 'remove-failed', failure }),
  );
}

/**
 * @param {import('../types/Command').Command} command
 * @param {Tell} tell
 */
async function managePin(command, tell) {
  await host.ask(
    async (opened) => {
      await opened.request(command);
      host.tellOthers();
      tell({ type: 'pin-changed' });
    },
    (failure) => tell({ type: 'pin-failed', failure }),
  );
}

/** @param {string | null} language */
async function setLanguage(language) {
  if (language) await browser.storage.local.set({ language });
  else await browser.storage.local.remove('language');
  location.reload();
}
