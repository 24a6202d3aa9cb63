/**
 * The carrier of the page that leads through the first steps. It has the scripts that sites have (`first_run.html`): a
 * signature is tried by the way on which sites ask for theirs.
 *
 * @typedef {import('../types/FirstRunEffect').FirstRunEffect} Effect
 * @typedef {import('../types/FirstRunEvent').FirstRunEvent} ScreenEvent
 * @typedef {(event: ScreenEvent) => void} Tell
 */
import { browser } from '../browser.js';
import { openCheck } from '../check_tab.js';
import { openDiagnosis } from '../diagnosis_tab.js';
import { asFailure } from '../failure.js';
import { hiddenCertificates, watchHidden } from '../hidden.js';
import { openOptions } from '../options_tab.js';
import { attempt, host, show } from '../screen.js';

const tell = await show('FirstRun', carryOut);
attempt(tell, async () => {
  const { os, arch } = await browser.runtime.getPlatformInfo();
  // Only Firefox's family says more of itself.
  const firefox = 'getBrowserInfo' in browser.runtime;
  tell({ type: 'opened', system: os, machine: arch, firefox, hidden: await hiddenCertificates(), now: Date.now() });
});
addEventListener('focus', () => tell({ type: 'focused' }));
watchHidden(tell);

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      return host.open((event) => {
        if (event.type !== 'outdated') tell(event);
      });
    case 'list-certificates':
      return host.list(tell);
    case 'try-signature':
      return trySignature(effect, tell);
    case 'open-options':
      return openOptions(null);
    case 'open-diagnosis':
      return openDiagnosis();
    case 'open-check':
      return openCheck();
  }
}

/**
 * @param {Effect & {type: 'try-signature'}} effect
 * @param {Tell} tell
 */
async function trySignature({ name, content }, tell) {
  const document = new Blob([content]);
  const signature = await sign(name, document).catch((error) => void tell({ type: 'try-failed', failure: failureOf(error) }));
  if (signature) await verify(name, document, signature, tell);
}

/**
 * @param {string} name
 * @param {Blob} content
 * @returns {Promise<Blob>}
 */
async function sign(name, content) {
  const { items: [item] } = await tamga.sign({ documents: [{ name, content }] });
  if (!item?.signature) throw item?.error;
  return item.signature;
}

/**
 * Has the host look at it as at any other signature. No server is asked: the certificate is the person's own.
 *
 * @param {string} name
 * @param {Blob} document
 * @param {Blob} signature
 * @param {Tell} tell
 */
async function verify(name, document, signature, tell) {
  const nothing = () => {};
  await host.ask(
    async (opened) => {
      const signed = await opened.readCheckFile(signature, `${name}.p7s`, undefined, nothing);
      const read = await opened.readCheckFile(document, name, signed.digests, nothing);
      const reply = await opened.request({ type: 'check-signatures', files: [signed.file, read.file], servers: false });
      await opened.request({ type: 'forget-check-files' });
      if (reply.type !== 'checked') return;
      const { type: _, ...report } = reply;
      tell({ type: 'tried', report });
    },
    (failure) => tell({ type: 'try-failed', failure }),
  );
}

/**
 * What a site would hear.
 *
 * @param {unknown} error
 * @returns {import('../types/Failure').Failure}
 */
function failureOf(error) {
  return error instanceof tamga.TamgaError ? { code: error.code } : asFailure(error);
}
