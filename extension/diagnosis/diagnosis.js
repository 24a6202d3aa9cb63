/**
 * The carrier of the page that says what keeps Tamga from working.
 *
 * @typedef {import('../types/DiagnosisEffect').DiagnosisEffect} Effect
 * @typedef {import('../types/DiagnosisEvent').DiagnosisEvent} ScreenEvent
 * @typedef {(event: ScreenEvent) => void} Tell
 */
import { browser } from '../browser.js';
import { host, show } from '../screen.js';

const tell = await show('Diagnosis', carryOut);
tell({ type: 'opened', version: browser.runtime.getManifest().version, browser: navigator.userAgent });
addEventListener('focus', () => tell({ type: 'focused' }));

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      return host.open((event) => tellOfHost(event, tell));
    case 'diagnose':
      return diagnose(effect.command, tell);
    case 'copy':
      await navigator.clipboard.writeText(effect.text);
      return tell({ type: 'copied' });
  }
}

/**
 * What a host says of certificates is nothing to this page.
 *
 * @param {import('../types/HostClientEvent').HostClientEvent} event
 * @param {Tell} tell
 */
function tellOfHost(event, tell) {
  if (event.type === 'host-opened' || event.type === 'host-failed') tell(event);
}

/**
 * @param {import('../types/Command').Command} command
 * @param {Tell} tell
 */
async function diagnose(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type !== 'diagnosed') return;
      const { type: _, ...diagnosis } = reply;
      tell({ type: 'diagnosed', ...diagnosis });
    },
    (failure) => tell({ type: 'diagnose-failed', failure }),
  );
}
