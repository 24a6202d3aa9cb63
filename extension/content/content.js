/**
 * Between a page and our window: takes the page's request, asks the worker for a window, hands the documents over and the
 * result back. It lives in the page's process, so it is trusted with nothing but this page's own requests; who the page
 * is, the worker and the window learn from the browser.
 *
 * A classic script: those that it uses are named before it in the manifest.
 */
(() => {
  'use strict';

  /**
   * @typedef {import('../types/ContentToPage').ContentToPage} ContentToPage
   * @typedef {import('../types/ContentToWorker').ContentToWorker} ContentToWorker
   * @typedef {import('../types/Ending').Ending} Ending
   * @typedef {import('../types/ErrorCode').ErrorCode} ErrorCode
   * @typedef {import('../types/PageAnswer').PageAnswer} PageAnswer
   * @typedef {import('../types/PageCommand').PageCommand} PageCommand
   * @typedef {import('../types/PageProgress').PageProgress} PageProgress
   * @typedef {import('../types/ToContent').ToContent} ToContent
   * @typedef {import('../types/WorkerReply').WorkerReply} WorkerReply
   *
   * @typedef {object} OpenRequest
   * @property {PageCommand} command
   * @property {boolean} refused whether the worker has refused it
   * @property {boolean} raised whether its window was asked to the front
   * @property {ReturnType<typeof setTimeout>} [waiting] while it waits behind the icon
   * @property {InstanceType<typeof tamgaWindowPort.WindowPort> | null} port once the window is there
   */

  const { WindowPort } = tamgaWindowPort;
  const { parseMessage, parseCommand } = tamgaPageRequest;
  /** Whom messages to the page are for. A page without an origin only ever gets refusals. */
  const target = self.origin === 'null' ? '*' : self.origin;
  const SCOPES = /** @type {const} */ ({ sign: 'sign', 'get-certificate': 'certificate' });
  /** How often a result is posted before the page's API counts as gone, and how long each time is waited, in milliseconds. */
  const HANDOVERS = 5;
  const HANDOVER_MS = 1_000;
  /** @type {Map<string, OpenRequest>} */
  const requests = new Map();
  /** @type {Promise<WorkerReply> | null} */
  let statusAsked = null;
  /** Results that the page's API has not confirmed yet. @type {Map<string, () => void>} */
  const unconfirmed = new Map();

  listen();
  // `document.open()`, which `document.write()` after the load implies, takes all listeners off the window, ours too; the
  // script goes on. What is observed stays observed.
  new MutationObserver(listen).observe(document, { childList: true });

  chrome.runtime.onMessage.addListener((/** @type {ToContent} */ message, _sender, respond) => {
    switch (message.type) {
      case 'window-ready':
        return respond({ known: connect(message.id) });
      case 'window-closed':
        return settle(message.id, failed('CANCELLED'));
      case 'page':
        return respond({ document: performance.timeOrigin, touched: tamgaActivation.isTouched() });
    }
  });

  /** May be called again: the same listener is added once. */
  function listen() {
    window.addEventListener('tamga-present', confirmPresence);
    window.addEventListener('message', onMessage);
    window.addEventListener('pagehide', leave);
    tamgaActivation.listen();
  }

  /**
   * Synchronously: so the page's script knows whether anybody is here at all.
   *
   * @param {Event} event
   */
  function confirmPresence(event) {
    if (isAlive()) event.preventDefault();
  }

  /** @param {MessageEvent} event */
  function onMessage({ source, data }) {
    if (source !== window) return;
    const message = parseMessage(data);
    switch (message?.kind) {
      case 'request':
        return void begin(message.id, message.command);
      case 'abort':
        return cancel(message.id, true);
      case 'received':
        return unconfirmed.get(message.id)?.();
    }
  }

  /** Browsers keep a page that was left, and Firefox its ports, in case the person comes back. No request waits for that. */
  function leave() {
    for (const id of requests.keys()) cancel(id, false);
  }

  /** Whether the extension is still there: not reloaded, updated or removed. */
  function isAlive() {
    return Boolean(globalThis.chrome?.runtime?.id);
  }

  /**
   * @param {string} id
   * @param {unknown} asked
   */
  async function begin(id, asked) {
    if (requests.has(id)) return;
    const command = parseCommand(asked);
    if (!command) return answer(id, failed('REQUEST_MALFORMED'));
    await untilShown();
    if (command.type === 'status') return tellStatus(id);
    makeRoom();
    if (requests.size > 0) {
      raise();
      return answer(id, failed('BUSY'));
    }
    /** @type {OpenRequest} */
    const request = { command, refused: false, raised: false, port: null };
    requests.set(id, request);
    const reply = await ask({ type: 'open', id, scope: SCOPES[command.type], touched: tamgaActivation.isTouched(), gesture: tamgaActivation.isActive() });
    if (reply.type === 'refused') {
      request.refused = true;
      settle(id, { failure: reply.failure });
    }
    if (reply.type === 'waiting') wait(id, reply.milliseconds);
  }

  /**
   * However many ask, one question is on its way.
   *
   * @param {string} id
   */
  async function tellStatus(id) {
    statusAsked ??= ask({ type: 'status', touched: tamgaActivation.isTouched() }).finally(() => (statusAsked = null));
    const reply = await statusAsked;
    if (reply.type === 'refused') return answer(id, { failure: reply.failure });
    if (reply.type !== 'status') return answer(id, failed('INTERNAL'));
    const { extensionVersion, hostVersion, problem } = reply;
    answer(id, { result: { extensionVersion, hostVersion, problem } });
  }

  /** The person presses a button of the page: what the page asked before, and waits behind the icon, gives way. */
  function makeRoom() {
    if (!tamgaActivation.isActive()) return;
    for (const [id, request] of requests) {
      if (request.waiting !== undefined && !request.port) settle(id, failed('NOT_ANSWERED'));
    }
  }

  /** The person has pressed the page's button again: the window may be behind others. */
  function raise() {
    for (const [id, request] of requests) {
      if (request.raised || !tamgaActivation.isActive()) continue;
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
    request.waiting = setTimeout(() => settle(id, failed('NOT_ANSWERED')), milliseconds);
    const { command } = request;
    if (command.type === 'sign') tellProgress(id, { phase: 'waiting', done: 0, total: command.documents.length || command.hashes.length });
  }

  /**
   * @param {string} id
   * @param {boolean} takenBack by the page, which stays; or else it is left
   */
  function cancel(id, takenBack) {
    requests.get(id)?.port?.close(takenBack);
    // A frame that is gone may have been removed by the page.
    settle(id, failed('CANCELLED'), takenBack || window !== window.top ? 'taken-back' : 'left');
  }

  /** A page that is rendered in advance may never be seen: it waits. */
  async function untilShown() {
    // @ts-ignore -- Chromium's own.
    if (document.prerendering) await new Promise((resolve) => document.addEventListener('prerenderingchange', resolve, { once: true }));
  }

  /**
   * Opens the port to the window, which has just said that it is there for this request.
   *
   * @param {string} id
   * @returns {boolean} whether there is such a request
   */
  function connect(id) {
    const request = requests.get(id);
    if (!request || request.port) return false;
    clearTimeout(request.waiting);
    request.port = new WindowPort(id, request.command, {
      onProgress: (progress) => tellProgress(id, progress),
      onFailure: (failure) => settle(id, { failure }),
      onResult: (result) => handOver(id, { result }),
      onClosed: () => settle(id, failed(isAlive() ? 'CANCELLED' : 'INTERRUPTED')),
    });
    return true;
  }

  /**
   * Answers with a result, again if the page's API has to listen anew.
   *
   * @param {string} id
   * @param {PageAnswer} result
   * @returns {Promise<boolean>} whether the page's API has confirmed it
   */
  function handOver(id, result) {
    return new Promise((resolve) => {
      let posted = 1;
      const end = (/** @type {boolean} */ confirmed) => {
        clearInterval(timer);
        unconfirmed.delete(id);
        resolve(confirmed);
      };
      const timer = setInterval(() => (posted++ < HANDOVERS ? answer(id, result) : end(false)), HANDOVER_MS);
      unconfirmed.set(id, () => end(true));
      settle(id, result);
    });
  }

  /**
   * Answers the page once, and tells the worker that the window makes room for the next one.
   *
   * @param {string} id
   * @param {PageAnswer} outcome
   * @param {Ending} [ending]
   */
  function settle(id, outcome, ending = 'answered') {
    const request = requests.get(id);
    if (!request) return;
    requests.delete(id);
    clearTimeout(request.waiting);
    request.port?.stop();
    if (!request.refused) ask({ type: 'settled', id, ending });
    answer(id, outcome);
  }

  /**
   * @param {string} id
   * @param {PageAnswer} outcome
   */
  function answer(id, outcome) {
    post({ tamga: 1, kind: 'answer', id, ...outcome });
  }

  /**
   * @param {string} id
   * @param {PageProgress} progress
   */
  function tellProgress(id, progress) {
    post({ tamga: 1, kind: 'progress', id, progress });
  }

  /** @param {ContentToPage} message */
  function post(message) {
    window.postMessage(message, target);
  }

  /**
   * @param {ErrorCode} code
   * @returns {PageAnswer}
   */
  function failed(code) {
    return { failure: { code } };
  }

  /**
   * @param {ContentToWorker} message
   * @returns {Promise<WorkerReply>}
   */
  async function ask(message) {
    /** @type {WorkerReply} */
    const gone = { type: 'refused', failure: { code: 'INTERRUPTED' } };
    try {
      return (await chrome.runtime.sendMessage(message)) ?? gone;
    } catch {
      return gone;
    }
  }
})();
