/**
 * Between a page and our window: takes the page's request, asks the background for a window, hands the documents over
 * by reference and the result back. It lives in the page's process, so it is trusted with nothing but this page's own
 * requests; who the page is, the background and the window learn from the browser.
 *
 * A classic script: its neighbour `stream.js` is loaded before it.
 */
(() => {
  'use strict';

  /**
   * @typedef {{name: string, size: number, content: Blob}} PageDocument `size`, for windows that cannot see the Blob
   * @typedef {{type: 'sign', documents: PageDocument[]} & Record<string, unknown>} SignCommand
   * @typedef {{type: 'get-certificate', filter: Record<string, unknown>} | {type: 'status'}} SmallCommand
   * @typedef {SignCommand | SmallCommand} PageCommand
   * @typedef {{stream: number, size: number, mime: string}} BlobToCome
   * @typedef {object} OpenRequest
   * @property {PageCommand} command
   * @property {boolean} refused whether the background has let go of it
   * @property {boolean} raised whether its window was asked to the front
   * @property {ReturnType<typeof setTimeout>} [waiting] while it waits behind the icon
   * @property {chrome.runtime.Port | null} port once the window is there
   * @property {Map<number, InstanceType<typeof tamgaStreams.Sender>>} senders
   * @property {Map<number, (chunk: any) => void>} receivers
   */

  const { Sender, Receiver } = tamgaStreams;
  /** Whom messages to the page are for. A page without an origin only ever gets refusals. */
  const target = self.origin === 'null' ? '*' : self.origin;
  const KINDS = { sign: 'sign', 'get-certificate': 'certificate' };
  const MAX_DOCUMENTS = 1000;
  /** How often a result is posted before the page's own half counts as gone, and how long each time is waited, in milliseconds. */
  const HANDOVERS = 5;
  const HANDOVER_MS = 1_000;
  const sizeOf = /** @type {(this: unknown) => number} */ (Object.getOwnPropertyDescriptor(Blob.prototype, 'size')?.get);
  /** @type {Map<string, OpenRequest>} */
  const requests = new Map();
  /** What the person does to a page (HTML §6.4.1, activation triggering input event). */
  const ACTIVATIONS = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'];
  // Chromium keeps it over a reload by the page's own script: then only what comes after it counts.
  let touchedBefore = navigator.userActivation.hasBeenActive;
  /** @type {Promise<any> | null} */
  let statusAsked = null;
  /** Results that the page's own half has not confirmed yet. @type {Map<string, () => void>} */
  const unconfirmed = new Map();

  listen();
  // `document.open()`, which `document.write()` after the load implies, takes all listeners off the window, ours too; the
  // script goes on. What is observed stays observed.
  new MutationObserver(listen).observe(document, { childList: true });

  chrome.runtime.onMessage.addListener((message, _sender, respond) => {
    switch (message?.type) {
      case 'window-ready':
        return respond({ known: connect(message.id) });
      case 'window-closed':
        return settle(message.id, failure('CANCELLED'));
      case 'page':
        return respond({ document: performance.timeOrigin, touched: touched() });
    }
  });

  /** To listen where one is listening already changes nothing. */
  function listen() {
    window.addEventListener('tamga-present', confirmPresence);
    window.addEventListener('message', hear);
    window.addEventListener('pagehide', leave);
    for (const type of ACTIVATIONS) window.addEventListener(type, noteTouch, { capture: true, passive: true });
  }

  /** @param {Event} event */
  function noteTouch({ isTrusted }) {
    if (isTrusted) touchedBefore = false;
  }

  /**
   * Synchronously: so the page's script knows whether anybody is here at all.
   *
   * @param {Event} event
   */
  function confirmPresence(event) {
    if (alive()) event.preventDefault();
  }

  /** @param {MessageEvent} event */
  function hear({ source, data }) {
    if (source !== window || data?.tamga !== 1) return;
    if (typeof data.id !== 'string' || !/^[0-9a-f]{32}$/.test(data.id)) return;
    if (data.kind === 'request') begin(data.id, data.command);
    if (data.kind === 'abort') cancel(data.id, true);
    if (data.kind === 'received') unconfirmed.get(data.id)?.();
  }

  /** Browsers keep a page that was left, and Firefox its ports, in case the person comes back. No request waits for that. */
  function leave() {
    for (const id of requests.keys()) cancel(id, false);
  }

  function alive() {
    return Boolean(globalThis.chrome?.runtime?.id);
  }

  /**
   * @param {string} id
   * @param {unknown} asked
   */
  async function begin(id, asked) {
    if (requests.has(id)) return;
    const command = rebuild(asked);
    if (!command) return answer(id, failure('REQUEST_MALFORMED'));
    await shown();
    if (command.type === 'status') return tellStatus(id);
    makeRoom();
    if (requests.size > 0) {
      raise();
      return answer(id, failure('BUSY'));
    }
    /** @type {OpenRequest} */
    const request = { command, refused: false, raised: false, port: null, senders: new Map(), receivers: new Map() };
    requests.set(id, request);
    const reply = await ask({ type: 'open', id, kind: KINDS[command.type], touched: touched(), gesture: navigator.userActivation.isActive });
    if (reply.failure) {
      request.refused = true;
      settle(id, { failure: reply.failure });
    } else if (reply.waiting) {
      wait(id, reply.waiting);
    }
  }

  /** Whether the person has touched this page since it was loaded. A page cannot forge it: this is not its world. */
  function touched() {
    return navigator.userActivation.hasBeenActive && !touchedBefore;
  }

  /**
   * However many ask, one question is on its way.
   *
   * @param {string} id
   */
  async function tellStatus(id) {
    statusAsked ??= ask({ type: 'status', touched: touched() }).finally(() => (statusAsked = null));
    const { failure, ...result } = await statusAsked;
    answer(id, failure ? { failure } : { result });
  }

  /** The person presses a button of the page: what the page asked before, and waits behind the icon, gives way. */
  function makeRoom() {
    if (!navigator.userActivation.isActive) return;
    for (const [id, request] of requests) {
      if (request.waiting !== undefined && !request.port) settle(id, failure('NOT_ANSWERED'));
    }
  }

  /** The person has pressed the page's button again: the window may be behind others. */
  function raise() {
    for (const [id, request] of requests) {
      if (request.raised || !navigator.userActivation.isActive) continue;
      request.raised = true;
      ask({ type: 'raise', id });
    }
  }

  /**
   * Until the person opens it by the extension's icon.
   *
   * @param {string} id
   * @param {number} milliseconds
   */
  function wait(id, milliseconds) {
    const request = requests.get(id);
    if (!request) return void ask({ type: 'settled', id, ending: 'taken-back' }); // meanwhile
    request.waiting = setTimeout(() => settle(id, failure('NOT_ANSWERED')), milliseconds);
    const { command } = request;
    if (command.type === 'sign') {
      const total = command.documents.length || /** @type {unknown[]} */ (command.hashes).length;
      post({ kind: 'progress', id, progress: { phase: 'waiting', done: 0, total } });
    }
  }

  /**
   * @param {string} id
   * @param {boolean} takenBack by the page, which stays; or else it is left
   */
  function cancel(id, takenBack) {
    const port = requests.get(id)?.port;
    if (takenBack) port?.postMessage({ type: 'taken-back' });
    port?.disconnect();
    // A frame that is gone may have been removed by the page.
    settle(id, failure('CANCELLED'), takenBack || window !== window.top ? 'taken-back' : 'left');
  }

  /**
   * The command with known fields only, or null. What the fields say is for the window to judge, which is not in the
   * page's process.
   *
   * @param {any} asked
   * @returns {PageCommand | null}
   */
  function rebuild(asked) {
    switch (asked?.type) {
      case 'status':
        return { type: 'status' };
      case 'get-certificate':
        return { type: 'get-certificate', filter: pick(asked.filter, ['keyTypes', 'issuers']) };
      case 'sign': {
        const { documents, hashes } = asked;
        if (!isList(documents) || !isList(hashes)) return null;
        if (!documents.every((document) => isBlob(document?.content))) return null;
        return {
          type: 'sign',
          ...pick(asked, ['format', 'detached', 'certificate', 'pss']),
          documents: documents.map(({ name, content }) => ({ name: String(name), size: content.size, content })),
          hashes: hashes.map((hash) => pick(hash, ['name', 'algorithm', 'value'])),
        };
      }
      default:
        return null;
    }
  }

  /**
   * @param {unknown} list
   * @returns {list is any[]}
   */
  function isList(list) {
    return Array.isArray(list) && list.length <= MAX_DOCUMENTS;
  }

  /**
   * @param {any} from
   * @param {string[]} names
   */
  function pick(from, names) {
    const known = names.filter((name) => from?.[name] !== undefined);
    return Object.fromEntries(known.map((name) => [name, from[name]]));
  }

  /**
   * Unlike `instanceof`, right in Firefox too: there `Blob` is the page's until the first Blob comes out of a message,
   * and a class of our own from then on.
   *
   * @param {unknown} value
   * @returns {value is Blob}
   */
  function isBlob(value) {
    try {
      return sizeOf.call(value) >= 0;
    } catch {
      return false;
    }
  }

  /** A page that is rendered in advance may never be seen: it waits. */
  async function shown() {
    // @ts-ignore -- Chromium's own.
    if (document.prerendering) await new Promise((go) => document.addEventListener('prerenderingchange', go, { once: true }));
  }

  /**
   * Meets the window, which has just said that it is there for this request.
   *
   * @param {string} id
   * @returns {boolean} whether there is such a request
   */
  function connect(id) {
    const request = requests.get(id);
    if (!request || request.port) return false;
    const port = chrome.runtime.connect({ name: `request:${id}` });
    request.port = port;
    clearTimeout(request.waiting);
    port.onMessage.addListener((message) => take(id, request, port, message));
    port.onDisconnect.addListener(() => settle(id, failure(alive() ? 'CANCELLED' : 'INTERRUPTED')));
    // The window looks at how the probe arrives: as a Blob, or (older Chromium) as an empty object.
    port.postMessage({ type: 'command', command: request.command, probe: new Blob(['?']) });
    return true;
  }

  /**
   * @param {string} id
   * @param {OpenRequest} request
   * @param {chrome.runtime.Port} port
   * @param {any} message from the window
   */
  function take(id, request, port, message) {
    switch (message.type) {
      case 'progress':
        return post({ kind: 'progress', id, progress: message.progress });
      case 'failed':
        port.postMessage({ type: 'received' });
        return settle(id, { failure: { code: message.code, ...(typeof message.retryAfter === 'number' && { retryAfter: message.retryAfter }) } });
      case 'result':
        return void deliver(id, request, port, message);
      case 'pull': {
        const sender = new Sender((piece) => port.postMessage(piece), message.stream);
        request.senders.set(message.stream, sender);
        // Broken: the window has been told. Disconnected: nobody is left to tell.
        return void sender.send(/** @type {SignCommand} */ (request.command).documents[message.document].content).catch(() => {});
      }
      case 'acknowledge':
        return request.senders.get(message.stream)?.acknowledged(message.sequence);
      case 'chunk':
        return request.receivers.get(message.stream)?.(message);
      case 'abort':
        return settle(id, failure('CONTENT_CHANGED'));
    }
  }

  /**
   * @param {string} id
   * @param {OpenRequest} request
   * @param {chrome.runtime.Port} port
   * @param {{result: any, blobs: (Blob | BlobToCome)[]}} message
   */
  async function deliver(id, request, port, { result, blobs }) {
    /** @type {{result: unknown} | {failure: {code: string}}} */
    let outcome;
    try {
      const own = await Promise.all(
        blobs.map((blob) => (isBlob(blob) ? adopt(blob) : receive(request, port, blob))),
      );
      const items = result.items?.map((/** @type {any} */ { name, error, signature }) =>
        error ? { name, error: { code: error.code } } : { name, signature: own[signature] },
      );
      outcome = { result: { ...result, ...(items && { items }) } };
    } catch {
      outcome = failure('CONTENT_CHANGED');
    }
    const confirmed = confirmation(id, outcome);
    settle(id, outcome);
    const isTaken = await confirmed;
    const lost = 'failure' in outcome ? outcome.failure : isTaken ? null : failure('INTERRUPTED').failure;
    try {
      port.postMessage(lost ? { type: 'lost', code: lost.code } : { type: 'received' });
    } catch {
      // The window is closed already.
    }
  }

  /**
   * Whether the page's own half takes what is posted. If it has to listen anew it is posted again.
   *
   * @param {string} id
   * @param {{result: unknown} | {failure: {code: string}}} outcome
   * @returns {Promise<boolean>}
   */
  function confirmation(id, outcome) {
    return new Promise((resolve) => {
      let posted = 1;
      const end = (/** @type {boolean} */ confirmed) => {
        clearInterval(timer);
        unconfirmed.delete(id);
        resolve(confirmed);
      };
      const timer = setInterval(() => (posted++ < HANDOVERS ? answer(id, outcome) : end(false)), HANDOVER_MS);
      unconfirmed.set(id, () => end(true));
    });
  }

  /**
   * A copy that stays when the window is gone. Its size is compared, because browsers cut short without a word.
   *
   * @param {Blob} blob
   */
  async function adopt(blob) {
    const own = await new Response(blob).blob();
    if (own.size !== blob.size) throw new Error('cut short');
    return own;
  }

  /**
   * @param {OpenRequest} request
   * @param {chrome.runtime.Port} port
   * @param {BlobToCome} blob
   * @returns {Promise<Blob>}
   */
  function receive(request, port, { stream, size, mime }) {
    const receiver = new Receiver((message) => port.postMessage(message), stream, size);
    return new Promise((resolve, reject) => {
      request.receivers.set(stream, (chunk) => {
        try {
          const blob = receiver.take(chunk);
          if (blob) resolve(new Blob([blob], { type: mime }));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /**
   * Answers the page once, and tells the background that the window makes room for the next one.
   *
   * @param {string} id
   * @param {{result: unknown} | {failure: {code: string}}} outcome
   * @param {'answered' | 'taken-back' | 'left'} [ending]
   */
  function settle(id, outcome, ending = 'answered') {
    const request = requests.get(id);
    if (!request) return;
    requests.delete(id);
    clearTimeout(request.waiting);
    for (const sender of request.senders.values()) sender.stop();
    if (!request.refused) ask({ type: 'settled', id, ending });
    answer(id, outcome);
  }

  /**
   * @param {string} id
   * @param {{result: unknown} | {failure: {code: string}}} outcome
   */
  function answer(id, outcome) {
    post({ kind: 'answer', id, ...outcome });
  }

  /** @param {object} message */
  function post(message) {
    window.postMessage({ tamga: 1, ...message }, target);
  }

  /** @param {string} code */
  function failure(code) {
    return { failure: { code } };
  }

  /**
   * @param {object} message
   * @returns {Promise<any>}
   */
  async function ask(message) {
    try {
      return (await chrome.runtime.sendMessage(message)) ?? failure('INTERRUPTED');
    } catch {
      return failure('INTERRUPTED');
    }
  }
})();
