/**
 * The sign window's carrier: a page's request in, a signature out, the host in between.
 *
 * @typedef {import('../types/SignEffect').SignEffect} Effect
 * @typedef {import('../types/SignEvent').SignEvent} ScreenEvent
 * @typedef {(event: ScreenEvent) => void} Tell
 * @typedef {import('../types/Event').Event & {type: 'item-signed'}} Signature
 */
import '../base64.js';
import { openDiagnosis } from '../diagnosis_tab.js';
import { openFirstRun } from '../first_run_tab.js';
import { denied, refusedUntil } from '../permission.js';
import { asFailure } from '../failure.js';
import { hiddenCertificates } from '../hidden.js';
import { openOptions } from '../options_tab.js';
import { decide, isPrivate, storedPolicy } from '../policy.js';
import { save } from '../save.js';
import { host, show } from '../screen.js';
import { pinEntry } from '../settings.js';
import { Documents } from './documents.js';
import { lastCertificate, rememberCertificate } from './last_certificate.js';
import { endPinSessions, isInPinSession, openPinSessions, signInPinSession } from './pin_session.js';
import { acceptRequest, closeWindow } from './request.js';

const { tamgaBase64 } = globalThis;
const request = acceptRequest();
/** How often progress is drawn and told to the page, in milliseconds: at every piece it would take longer than the reading. */
const PROGRESS_INTERVAL = 250;

const documents = request.then(({ blobs }) => new Documents(blobs));
documents.catch(() => {}); // whoever waits for the request hears of it
/** @type {Signature[]} by their place in the host's command */
let signatures = [];
/** Cancels what the host is signing. */
let signing = new AbortController();
/** A window that closed too early would lose a decision. */
let decided = Promise.resolve('');

/** The window's last moment: what waits for anything is not done any more. */
let isClosing = false;
/** What counts how long a stage has been on the screen. */
let timer = 0;
/** What had the keyboard's focus when the window came up: a button that is disabled for a moment loses it. @type {Element | null} */
let focused = null;

/** @type {Tell} */
let tell = () => {};
// Registered before request.js can take the port away at the same moment: the page hears what the screen makes of it.
addEventListener('pagehide', () => {
  isClosing = true;
  tell({ type: 'closed' });
});
begin().catch(giveUp);

async function begin() {
  tell = await show('SignWindow', carryOut, giveUp);
  const asked = await request.catch(() => null); // its window is closing
  if (!asked) return;
  const [policy, usedLast, { system }, pinSessions, hidden] = await Promise.all([
    storedPolicy(),
    leavesNoTrace(asked) ? null : lastCertificate(asked.origin),
    pinEntry(),
    isPrivate ? [] : openPinSessions(asked),
    hiddenCertificates(),
  ]);
  tell({
    type: 'requested',
    origin: asked.origin,
    topOrigin: asked.topOrigin,
    command: JSON.stringify(asked.command),
    policy,
    lastCertificate: usedLast,
    dialog: system ? document.documentElement.lang : null,
    pinSessions,
    hidden,
    privateWindow: asked.privateWindow,
    now: Date.now(),
  });
  asked.onGone((takenBack) => tell({ type: 'gone', takenBack }));
  tellComingUp();
  document.addEventListener('visibilitychange', () => tell({ type: 'shown' }));
  addEventListener('keydown', ({ key, isComposing }) => key === 'Escape' && !isComposing && tell({ type: 'escaped' }));
}

/** Says when the window comes to the front; after the press that brings it there, if that began when it was seen already. */
function tellComingUp() {
  let isPressed = false;
  let cameUp = false;
  const comeUp = () => tell({ type: 'focused' });
  addEventListener('pointerdown', () => (isPressed = true), { capture: true });
  for (const type of ['pointerup', 'pointercancel']) {
    // Its click comes first.
    addEventListener(type, () => setTimeout(() => {
      isPressed = false;
      if (cameUp) comeUp();
      cameUp = false;
    }), { capture: true });
  }
  addEventListener('focus', () => {
    focused = document.activeElement;
    if (isPressed) cameUp = true;
    else comeUp();
  });
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
  // The host hears it before the window takes it away: a token is logged out in order.
  signing.abort();
  // Before there is a request there is nobody to tell: the window's closing says it.
  const asked = await Promise.race([request, null]).catch(() => null);
  if (isClosing) asked?.fail(failure).catch(() => {});
  await Promise.allSettled([decided.catch(() => {}).then(() => (asked && !isClosing ? tellFailure(asked, failure) : undefined))]);
  await closeWindow().catch(() => {}); // it is closing already
}

/**
 * @param {import('./request.js').Request} asked
 * @param {import('../types/Failure').Failure} failure
 */
async function tellFailure(asked, failure) {
  if (failure.code !== 'PERMISSION_DENIED') return asked.fail(failure);
  await asked.fail(denied(await refusedUntil(asked.scope, asked, isPrivate)));
}

/** @param {import('./request.js').Request} asked */
function leavesNoTrace(asked) {
  return isPrivate || asked.privateWindow;
}

/** @param {string} certificate */
async function remember(certificate) {
  const asked = await request;
  if (!leavesNoTrace(asked)) await rememberCertificate(asked.origin, certificate);
}

/**
 * @param {Effect} effect
 * @param {Tell} tell
 */
async function carryOut(effect, tell) {
  switch (effect.type) {
    case 'open-host':
      await host.open(tell);
      return host.ask(
        async ({ pinsInDialog }) => {
          if (pinsInDialog) tell({ type: 'dialog-needed', language: document.documentElement.lang });
        },
        () => {}, // the screen has been told
      );
    case 'list-certificates':
      return host.list(tell);
    case 'list-private-certificates':
      return host.listPrivate(effect.command, tell);
    case 'read':
      return read(effect, tell);
    case 'preview':
      return showDocument(effect.index, tell, preview);
    case 'view':
      return showDocument(effect.index, tell, view, effect.viewerType);
    case 'save':
      return saveCopy(effect, tell);
    case 'sign':
      return sign(effect, tell);
    case 'end-pin-sessions':
      return endPinSessions(effect.token).catch((error) => tell({ type: 'host-failed', failure: asFailure(error) }));
    case 'progress': {
      const { type: _, ...progress } = effect;
      return (await request).progress(progress);
    }
    case 'decide':
      decided = decide(effect.change);
      await decided;
      return tell({ type: 'decided' });
    case 'remember':
      return remember(effect.certificate);
    case 'answer':
      return answer(effect, tell);
    case 'refuse':
      return refuse(effect.failure);
    case 'copy':
      return navigator.clipboard.writeText(effect.text).then(() => tell({ type: 'copied', done: true }), () => tell({ type: 'copied', done: false }));
    case 'open-diagnosis':
      return openDiagnosis();
    case 'open-first-run':
      return openFirstRun();
    case 'open-options':
      return openOptions(effect.token);
    case 'wait':
      return wait(effect.milliseconds, tell);
    case 'close':
      return void setTimeout(() => closeWindow().catch(giveUp), effect.after);
  }
}

/**
 * Counts from when the stage is on the screen: browsers give no frames to a window that nobody can see. The latest wait
 * is the one that counts.
 *
 * @param {number} milliseconds
 * @param {Tell} tell
 */
function wait(milliseconds, tell) {
  clearTimeout(timer);
  const counted = (timer = setTimeout(() => {})); // its number, until there is another
  requestAnimationFrame(() => requestAnimationFrame(() => {
    if (timer === counted) timer = setTimeout(() => stageShown(tell), milliseconds);
  }));
}

/** @param {Tell} tell */
function stageShown(tell) {
  tell({ type: 'waited' });
  if (document.activeElement === document.body && focused instanceof HTMLElement && focused.isConnected) focused.focus();
  focused = null;
}

/**
 * @param {Effect & {type: 'read'}} effect
 * @param {Tell} tell
 */
async function read(effect, tell) {
  const { index } = effect;
  const ours = await documents;
  let told = 0;
  const onProgress = (/** @type {number} */ bytes) => {
    if (performance.now() - told < PROGRESS_INTERVAL) return;
    told = performance.now();
    tell({ type: 'reading', index, bytes });
  };
  await host.ask(
    async (host) => tell({ type: 'read', index, ...(await ours.read(host, effect, onProgress)) }),
    (failure) => tell({ type: 'read-failed', index, failure }),
  );
}

/**
 * Shows something of a document, or says that it is not there any more.
 *
 * @template {unknown[]} Further
 * @param {number} index
 * @param {Tell} tell
 * @param {(index: number, ...further: Further) => Promise<ScreenEvent>} show
 * @param {Further} further
 */
async function showDocument(index, tell, show, ...further) {
  tell(await show(index, ...further).catch((error) => ({ type: 'preview-failed', index, failure: asFailure(error) })));
}

/**
 * @param {number} index
 * @returns {Promise<ScreenEvent>}
 */
async function preview(index) {
  return { type: 'previewed', index, start: tamgaBase64.encode((await documents).start(index)) };
}

/**
 * @param {number} index
 * @param {string} type
 * @returns {Promise<ScreenEvent>}
 */
async function view(index, type) {
  await (await documents).view(index, type);
  return { type: 'viewed', index };
}

/**
 * @param {Effect & {type: 'save'}} effect
 * @param {Tell} tell
 */
async function saveCopy({ index, name }, tell) {
  const ours = await documents;
  await host.ask(
    async (host) => {
      save(await ours.copy(host, index), name);
      tell({ type: 'viewed', index });
    },
    (failure) => tell({ type: 'preview-failed', index, failure }),
  );
}

/**
 * @param {Effect & {type: 'sign'}} effect
 * @param {Tell} tell
 */
async function sign(effect, tell) {
  signatures = [];
  signing = new AbortController();
  const { signal } = signing;
  const { command } = effect;
  const onEvent = (/** @type {import('../types/Event').Event} */ event) => {
    if (event.type === 'item-failed') return tell(event);
    if (event.type === 'waiting') return tell({ type: 'waiting', how: event.how, until: timeOfDay(event.until) });
    if (event.type !== 'item-signed') return;
    signatures[event.index] = event;
    tell({ type: 'item-signed', index: event.index });
  };
  await host.ask(
    async (host) => {
      if (command.type === 'sign' && isInPinSession(command.unlock)) await signInPinSession(await request, command, onEvent, signal);
      else await host.request(command, onEvent, signal);
      tell({ type: 'signed' });
    },
    (failure) => tell({ type: 'sign-failed', failure }),
  );
}

/**
 * A time of day as the person writes it.
 *
 * @param {number} seconds since 1970
 */
function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(document.documentElement.lang, { timeStyle: 'medium' });
}

/**
 * @param {Effect & {type: 'answer'}} effect
 * @param {Tell} tell
 */
async function answer({ certificate, items }, tell) {
  const { finish } = await request;
  const ours = await documents;
  const results = items.map((item, index) =>
    item.type === 'failed'
      ? { name: item.name, error: item.failure }
      : { name: item.name, signature: signatureOf(signatures[item.signature], ours.content(index)) },
  );
  try {
    await finish(results.length ? { certificate, items: results } : { certificate });
    tell({ type: 'delivered' });
  } catch (error) {
    tell({ type: 'not-delivered', failure: asFailure(error) });
  }
}

/**
 * The signed document, put together of bytes and of ranges of the very document that was hashed, which are not copied.
 *
 * @param {Signature} signature
 * @param {Blob | undefined} content
 */
function signatureOf({ mediaType, pieces }, content) {
  const parts = pieces.map((piece) => {
    if (piece.type === 'bytes') return tamgaBase64.decode(piece.bytes);
    const end = piece.start + piece.length;
    // A slice beyond the end would be a shorter one, without an error.
    if (!content || end > content.size) throw { code: 'INTERNAL' };
    return content.slice(piece.start, end);
  });
  return new Blob(parts, { type: mediaType });
}
