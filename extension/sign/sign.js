/**
 * The sign window's carrier: a page's request in, a signature out, the host in between.
 *
 * @typedef {import('../types/SignEffect').SignEffect} Effect
 * @typedef {import('../types/SignNews').SignNews} News
 * @typedef {(news: News) => void} Tell
 */
import { setting } from '../ahead.js';
import { browser } from '../browser.js';
import { asFailure } from '../failure.js';
import { decide, fromBase64, host, isPrivate, openOptions, pinEntry, show, storedPolicy, toBase64 } from '../screen.js';
import { endPinSessions, openPinSessions, signInPinSession } from './pin_session.js';
import { acceptRequest, closeWindow } from './request.js';

const request = acceptRequest();
/** What a signature says it is. */
const SIGNATURE_TYPE = 'application/pkcs7-signature';
/** How often progress is drawn and told to the page, in milliseconds: at every piece it would take longer than the reading. */
const PROGRESS_INTERVAL = 250;

/** @type {Blob[]} what the host has hashed, by document, where it goes into the signature */
const contents = [];
/** @type {Array<{head: string, tail: string}>} by their place in the host's command */
let signatures = [];
/** A window that closed too early would lose a decision. */
let decided = Promise.resolve('');

/** @type {Tell} */
let tell = () => {};
// Registered before request.js can take the port away at the same moment: the page hears what the screen makes of it.
addEventListener('pagehide', () => tell({ type: 'closed' }));
begin().catch(giveUp);

async function begin() {
  tell = await show('SignWindow', carryOut);
  const asked = await request.catch(() => null); // its window is closing
  if (!asked) return;
  tell({
    type: 'asked',
    origin: asked.origin,
    topOrigin: asked.topOrigin,
    command: JSON.stringify(asked.command),
    policy: await storedPolicy(),
    lastCertificate: isPrivate ? null : await setting('lastCertificate'),
    dialog: (await pinEntry()).system ? document.documentElement.lang : null,
    pinSessions: isPrivate ? [] : await openPinSessions(asked),
    privateWindow: asked.privateWindow,
    now: Date.now(),
  });
  asked.onGone((takenBack) => tell({ type: 'gone', takenBack }));
  addEventListener('focus', () => tell({ type: 'focused' }));
  addEventListener('keydown', ({ key, isComposing }) => key === 'Escape' && !isComposing && tell({ type: 'escaped' }));
}

/**
 * Nothing can be shown: the page hears of it, and the window does not stay behind empty.
 *
 * @param {unknown} error
 */
async function giveUp(error) {
  await refuse(asFailure(error));
}

/** @param {import('../types/Failure').Failure} failure */
async function refuse(failure) {
  // Before there is a request there is nobody to tell: the window's closing says it.
  const asked = await Promise.race([request, null]).catch(() => null);
  await Promise.allSettled([decided, asked?.fail(failure)]);
  await closeWindow();
}

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
    case 'read':
      return read(effect, tell);
    case 'preview':
      return preview(effect, tell);
    case 'sign':
      return sign(effect, tell);
    case 'end-pin-sessions':
      return endPinSessions(effect.token);
    case 'progress': {
      const { type: _, ...progress } = effect;
      return (await request).progress(progress);
    }
    case 'decide':
      decided = decide(effect.change);
      return decided.then(() => tell({ type: 'decided' }), giveUp);
    case 'remember':
      return isPrivate ? undefined : browser.storage.local.set({ lastCertificate: effect.certificate });
    case 'answer':
      return answer(effect, tell);
    case 'refuse':
      return refuse(effect.failure);
    case 'copy':
      return navigator.clipboard.writeText(effect.text);
    case 'open-options':
      return openOptions(effect.token);
    case 'wait':
      return void setTimeout(() => tell({ type: 'waited' }), effect.milliseconds);
    case 'close':
      return void setTimeout(closeWindow, effect.after);
  }
}

/**
 * @param {Effect & {type: 'read'}} effect
 * @param {Tell} tell
 */
async function read({ index, algorithm, keep }, tell) {
  const { blobs } = await request;
  let told = 0;
  const onProgress = (/** @type {number} */ bytes) => {
    if (performance.now() - told < PROGRESS_INTERVAL) return;
    told = performance.now();
    tell({ type: 'reading', index, bytes });
  };
  await host.ask(
    async (host) => {
      const { document, digest, content } = await host.readDocument(blobs[index], algorithm, { keep, onProgress });
      if (content) contents[index] = content;
      tell({ type: 'read', index, document, digest });
    },
    (failure) => tell({ type: 'read-failed', index, failure }),
  );
}

/**
 * @param {Effect & {type: 'preview'}} effect
 * @param {Tell} tell
 */
async function preview({ index, bytes }, tell) {
  const { blobs } = await request;
  const start = await blobs[index].slice(0, bytes).arrayBuffer();
  tell({ type: 'previewed', index, start: toBase64(start) });
}

/**
 * @param {Effect & {type: 'sign'}} effect
 * @param {Tell} tell
 */
async function sign(effect, tell) {
  signatures = [];
  const { command } = effect;
  const onEvent = (/** @type {import('../types/Event').Event} */ event) => {
    if (event.type === 'item-failed') return tell(event);
    if (event.type !== 'item-signed') return;
    signatures[event.index] = event;
    tell({ type: 'item-signed', index: event.index });
  };
  await host.ask(
    async (host) => {
      if (command.type === 'sign' && command.pinSession) await signInPinSession(await request, effect, onEvent);
      else await host.request(command, onEvent);
      tell({ type: 'signed' });
    },
    (failure) => tell({ type: 'sign-failed', failure }),
  );
}

/**
 * @param {Effect & {type: 'answer'}} effect
 * @param {Tell} tell
 */
async function answer({ certificate, items }, tell) {
  const { finish } = await request;
  const results = items.map((item, index) =>
    item.type === 'failed'
      ? { name: item.name, error: item.failure }
      : { name: item.name, signature: signatureOf(item.signature, contents[index]) },
  );
  try {
    await finish(results.length ? { certificate, items: results } : { certificate });
    tell({ type: 'delivered' });
  } catch (error) {
    asFailure(error); // the page is gone, and its window with it
  }
}

/**
 * The signature, with the very bytes that were hashed in the middle where it is attached.
 *
 * @param {number} place
 * @param {Blob | undefined} content
 */
function signatureOf(place, content) {
  const { head, tail } = signatures[place];
  return new Blob([fromBase64(head), ...(content ? [content] : []), fromBase64(tail)], { type: SIGNATURE_TYPE });
}
