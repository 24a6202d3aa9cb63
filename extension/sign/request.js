/**
 * A page's request, as the sign window sees it: who asks, what, and the way back. Calling the content script, carrying
 * Blobs in every browser, and closing when the page is gone are all in here.
 *
 * The window never trusts the address it was opened with: it only says whom to call. Who the page is, is what the
 * browser says about the port that comes back.
 *
 * @typedef {import('../types/Failure').Failure} Failure
 * @typedef {import('../types/PageFailure').PageFailure} PageFailure
 * @typedef {import('../types/PageCommand').PageCommand} PageCommand
 * @typedef {import('../types/PageState').PageState} PageState
 * @typedef {import('../types/Progress').Progress} Progress
 * @typedef {import('../types/Scope').Scope} Scope
 * @typedef {import('../sender_origin.js').Requester} Requester
 * @typedef {import('./request_port.js').Result} Result
 *
 * @typedef {object} Connection to the page's content script
 * @property {chrome.runtime.Port} port
 * @property {Requester} requester
 * @property {string} scope
 * @property {unknown} message the first one
 * @property {Promise<PageState | null>} page
 *
 * @typedef {object} Request
 * @property {string} origin of the frame that asks
 * @property {string | null} topOrigin of the page around it; null if it is the same
 * @property {boolean} privateWindow whether the page is in a private window
 * @property {object} command the page's command as JSON for wasm-core, each document as `{name, size}`
 * @property {Scope} scope what it needs a permission for
 * @property {Blob[]} blobs the documents' contents, in the same order
 * @property {(listener: (takenBack: boolean) => void) => void} onGone nobody waits for the answer any more: the page took its
 *   request back, or else it was left; the listener closes the window, which closes by itself where there is none
 * @property {(progress: Progress) => void} progress
 * @property {(result: Result) => Promise<void>} finish resolves when the page's own script has confirmed that it has it, rejects with a `Failure` if not
 * @property {(failure: PageFailure) => Promise<void>} fail resolves when the page has it
 */
import { browser } from '../browser.js';
import { parseContentToWindow } from '../messages.js';
import { requesterOf } from '../sender_origin.js';
import { askPage, tellReady } from '../tab_messages.js';
import { RequestPort } from './request_port.js';

/** How long the content script may take to open the port, in milliseconds. */
const CONNECT_MS = 10_000;
/** What each command of a page needs a permission for. */
const SCOPES = /** @type {Record<PageCommand['type'], Scope>} */ ({ sign: 'sign', 'get-certificate': 'certificate' });

/**
 * The request that this window was opened for. If there is none any more the window closes.
 *
 * @returns {Promise<Request>}
 * @throws {Failure}
 */
export async function acceptRequest() {
  const { port, requester, scope, message, page } = await connectToPage().catch(async (failure) => {
    await closeWindow();
    throw failure;
  });
  const first = parseContentToWindow(message);
  const command = first?.type === 'command' ? first.command : null;
  const carriesBlobs = first?.type === 'command' && first.probe instanceof Blob;
  const requestPort = new RequestPort(port, carriesBlobs, () => isFrameRemoved(requester, page), () => void closeWindow().catch(() => {}));
  try {
    if (!command || SCOPES[command.type] !== scope) throw failure('REQUEST_MALFORMED');
    const blobs = await requestPort.takeDocuments(command.type === 'sign' ? command.documents : []);
    return {
      origin: requester.origin,
      topOrigin: requester.topOrigin,
      privateWindow: requester.isPrivate,
      command: withoutContents(command, blobs),
      scope: SCOPES[command.type],
      blobs,
      onGone: (listener) => requestPort.onGone(listener),
      progress: (progress) => requestPort.post({ type: 'progress', progress }),
      finish: (result) => requestPort.finish(result),
      fail: ({ code, retryAfter }) => requestPort.conclude({ type: 'failed', code, ...(retryAfter !== undefined && { retryAfter }) }),
    };
  } catch (error) {
    const reason = error instanceof Error ? failure('INTERNAL') : /** @type {Failure} */ (error);
    await requestPort.conclude({ type: 'failed', code: reason.code }).catch(() => {});
    await closeWindow();
    throw reason;
  }
}

/** Closes the window that this page is in. Unlike `window.close`, it works in every browser. */
export async function closeWindow() {
  const { id } = await browser.windows.getCurrent();
  if (id !== undefined) await browser.windows.remove(id);
}

/**
 * Calls the content script, which answers with a port and the command.
 *
 * @returns {Promise<Connection>}
 */
async function connectToPage() {
  const parameters = new URLSearchParams(location.search);
  const scope = parameters.get('scope') ?? '';
  const id = parameters.get('request') ?? '';
  const tab = Number(parameters.get('tab'));
  const frame = Number(parameters.get('frame'));
  const page = askPage(tab);
  /** @type {Promise<Connection>} */
  const connected = new Promise((resolve, reject) => {
    setTimeout(() => reject(failure('TIMEOUT')), CONNECT_MS);
    browser.runtime.onConnect.addListener(function accept(port) {
      const requester = requesterOf(port.sender);
      // Another window's port: it must not be touched, disconnecting it would take it from its owner.
      if (port.name !== `request:${id}` || requester?.tab !== tab || requester.frame !== frame) return;
      browser.runtime.onConnect.removeListener(accept);
      port.onMessage.addListener(function first(message) {
        port.onMessage.removeListener(first);
        resolve({ port, requester, scope, message, page });
      });
      port.onDisconnect.addListener(() => reject(failure('CANCELLED')));
      // The content script does not hear of a closed page while another window holds this port too.
      addEventListener('pagehide', () => port.disconnect());
    });
  });
  if (await tellReady(tab, frame, id)) return connected;
  connected.catch(() => {});
  throw failure('CANCELLED');
}

/**
 * Whether a frame is gone from a page that is still there: the page has removed it.
 *
 * @param {Requester} requester
 * @param {Promise<PageState | null>} page as it was
 */
async function isFrameRemoved({ tab, frame }, page) {
  if (frame === 0) return false;
  const [before, now] = await Promise.all([page, askPage(tab)]);
  return before !== null && before.document === now?.document;
}

/**
 * @param {PageCommand} command
 * @param {Blob[]} blobs
 */
function withoutContents(command, blobs) {
  if (command.type !== 'sign') return command;
  const documents = command.documents.map(({ name }, index) => ({ name, size: blobs[index].size }));
  return { ...command, documents };
}

/**
 * @param {Failure['code']} code
 * @returns {Failure}
 */
function failure(code) {
  return { code };
}
