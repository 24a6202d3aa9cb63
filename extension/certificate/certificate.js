/**
 * The carrier of the page of a certificate, whose id is in the address.
 *
 * @typedef {import('../types/CertificateEffect').CertificateEffect} Effect
 * @typedef {import('../types/CertificateEvent').CertificateEvent} ScreenEvent
 * @typedef {(event: ScreenEvent) => void} Tell
 */
import '../base64.js';
import { browser } from '../browser.js';
import { hiddenCertificates, hideCertificate, watchHidden } from '../hidden.js';
import { openOptions } from '../options_tab.js';
import { save } from '../save.js';
import { attempt, host, show } from '../screen.js';

const { tamgaBase64 } = globalThis;

const tell = await show('Certificate', carryOut);
attempt(tell, async () => tell({
  type: 'opened',
  certificate: location.hash.slice(1),
  hidden: await hiddenCertificates(),
  version: browser.runtime.getManifest().version,
  browser: navigator.userAgent,
  now: Date.now(),
}));
addEventListener('focus', () => tell({ type: 'focused' }));
addEventListener('hashchange', () => location.reload());
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
    case 'describe':
      return describe(effect.command, tell);
    case 'issuer':
      return issuer(effect.command, tell);
    case 'save':
      return save(new Blob([tamgaBase64.decode(effect.content)], { type: 'application/octet-stream' }), effect.name);
    case 'copy':
      await navigator.clipboard.writeText(effect.text);
      return tell({ type: 'copied' });
    case 'hide-certificate':
      return hideCertificate(effect.certificate, effect.hidden);
    case 'open-options':
      return openOptions(null);
  }
}

/**
 * @param {import('../types/Command').Command} command
 * @param {Tell} tell
 */
async function describe(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type !== 'certificate-described') return;
      const { type: _, ...details } = reply;
      tell({ type: 'described', ...details });
    },
    (failure) => tell({ type: 'describe-failed', failure }),
  );
}

/**
 * Has the host fetch a missing issuer, or trust the one that it found.
 *
 * @param {import('../types/Command').Command} command
 * @param {Tell} tell
 */
async function issuer(command, tell) {
  await host.ask(
    async (opened) => {
      const reply = await opened.request(command);
      if (reply.type !== 'issuer-fetched' && reply.type !== 'trust-changed') return;
      host.tellOthers();
      if (reply.type === 'trust-changed') return tell({ type: 'authority-added' });
      const { authority } = reply;
      tell({ type: 'issuer-fetched', ...(authority && { authority }) });
    },
    (failure) => tell({ type: 'issuer-failed', failure }),
  );
}
