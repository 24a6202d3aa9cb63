/**
 * The carrier of the page on which signatures are checked.
 *
 * @typedef {import('../types/CheckEffect').CheckEffect} Effect
 * @typedef {import('../types/CheckEvent').CheckEvent} ScreenEvent
 * @typedef {import('../types/CheckReport').CheckReport} CheckReport
 * @typedef {import('../types/DigestAlgorithm').DigestAlgorithm} DigestAlgorithm
 * @typedef {(event: ScreenEvent) => void} Tell
 */
import '../base64.js';
import { takeDropped } from '../dropped.js';
import { browser } from '../browser.js';
import { asFailure } from '../failure.js';
import { save } from '../save.js';
import { attempt, host, show } from '../screen.js';
import { setting } from '../settings.js';

const { tamgaBase64 } = globalThis;

/** As `EXAMINED` in wasm-core/src/check/input.rs: how many bytes of a file say whether it may be a signature. */
const EXAMINED = 1024;

/** The setting that keeps the host from asking servers. */
const OFFLINE = 'checkOffline';

/** What was picked and dropped, in its order. @type {File[]} */
const files = [];
/** What checking came to last. @type {CheckReport | null} */
let report = null;
/** Ends what the host is asked. */
let asking = new AbortController();

const tell = await show('Check', carryOut);
takeDropped(({ files: dropped }) => attempt(tell, () => choose([...dropped], tell)));

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'read-settings':
      return tell({ type: 'settings', offline: (await setting(OFFLINE)) === 'true' });
    case 'keep-offline':
      return browser.storage.local.set({ [OFFLINE]: String(effect.offline) });
    case 'open-host':
      return host.open((event) => tellOfHost(event, tell));
    case 'take-picked':
      return takePicked(tell);
    case 'read-file':
      return readFile(effect.index, effect.digests, tell);
    case 'check':
      return check(effect, tell);
    case 'stop-checking':
      return asking.abort();
    case 'extract':
      return extract(effect.file, effect.name, tell);
    case 'forget':
      return forget(tell);
    case 'save-report':
      return save(new Blob([`${JSON.stringify(report, null, 2)}\n`], { type: 'application/json' }), 'tamga-report.json');
    case 'print':
      for (const details of document.querySelectorAll('details')) details.open = true;
      return print();
  }
}

/**
 * This page lists nothing, and hears of nothing else.
 *
 * @param {import('../types/HostClientEvent').HostClientEvent} event
 * @param {Tell} tell
 */
function tellOfHost(event, tell) {
  if (event.type === 'host-opened' || event.type === 'host-failed') tell(event);
}

/** @param {Tell} tell */
async function takePicked(tell) {
  const picker = /** @type {HTMLInputElement} */ (document.getElementById('file'));
  const picked = [...picker.files ?? []];
  // The same file may be picked again.
  picker.value = '';
  await choose(picked, tell);
}

/**
 * @param {File[]} chosen
 * @param {Tell} tell
 */
async function choose(chosen, tell) {
  // What cannot be read now says so when it is its turn.
  const beginnings = await Promise.all(chosen.map((file) => file.slice(0, EXAMINED).arrayBuffer().catch(() => new ArrayBuffer(0))));
  files.push(...chosen);
  tell({
    type: 'chosen',
    files: chosen.map(({ name, size }, index) => ({ name, size, beginning: tamgaBase64.encode(new Uint8Array(beginnings[index] ?? 0)) })),
  });
}

/**
 * @param {number} index
 * @param {DigestAlgorithm[] | undefined} digests
 * @param {Tell} tell
 */
async function readFile(index, digests, tell) {
  await host.ask(
    async (opened) => {
      const file = files[index];
      if (!file) return;
      const read = await opened.readCheckFile(file, file.name, digests, (bytes) => tell({ type: 'progress', index, bytes }));
      tell({ type: 'file-read', index, ...read });
    },
    (failure) => tell({ type: 'file-failed', index, failure }),
  );
}

/**
 * @param {Extract<Effect, {type: 'check'}>} effect
 * @param {Tell} tell
 */
async function check({ round, files, servers }, tell) {
  // Nobody waits for what was asked before.
  asking.abort();
  const { signal } = asking = new AbortController();
  /** @param {import('../types/Event').Event} event */
  const onEvent = (event) => {
    if (event.type === 'checked-so-far') {
      const { type, ...soFar } = event;
      report = soFar;
      tell({ type, round, report: soFar });
    } else if (event.type === 'file-checked') {
      const { type, ...file } = event;
      if (report) report = { ...report, signatures: report.signatures.map((known) => known.file === file.file ? file : known) };
      tell({ type, round, file });
    }
  };
  await host.ask(
    async (opened) => {
      const reply = await opened.request({ type: 'check-signatures', files, servers }, onEvent, signal);
      if (reply.type !== 'checked') return;
      const { type: _, ...checked } = reply;
      report = checked;
      tell({ type: 'checked', round, report: checked });
    },
    (failure) => tell({ type: 'check-failed', round, failure }),
  );
}

/**
 * @param {number} file
 * @param {string} name
 * @param {Tell} tell
 */
async function extract(file, name, tell) {
  await host.ask(
    async (opened) => {
      save(await opened.readContent(file), name);
      tell({ type: 'extracted', file });
    },
    (failure) => tell({ type: 'extract-failed', file, failure: asFailure(failure) }),
  );
}

/** @param {Tell} tell */
async function forget(tell) {
  files.length = 0;
  report = null;
  asking.abort();
  await host.ask(
    async (opened) => void (await opened.request({ type: 'forget-check-files' })),
    (failure) => tell({ type: 'host-failed', failure }),
  );
}
