/**
 * A page's line to the host.
 *
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {import('./types/Reply').Reply} Reply
 */
import { Host } from './native.js';

/**
 * The host as a page uses it: opened and asked for its certificates ahead, opened anew when the person asks; the old
 * one's last words are not heard.
 */
export class HostLine {
  /** @type {Promise<Reply> | null} the certificates, until the screen wants them */
  #ahead = null;
  #host = Host.open((host) => {
    this.#ahead = listCertificates(host);
    this.#ahead.catch(() => {});
  });
  #used = false;

  /**
   * Opens the host, the first time the one that is being opened already.
   *
   * @param {(news: {type: 'host-opened', version: string} | {type: 'host-failed', failure: Failure}) => void} tell
   */
  async open(tell) {
    if (this.#used) {
      this.#host.then((host) => host.close()).catch(() => {});
      this.#host = Host.open();
      this.#ahead = null;
    }
    this.#used = true;
    await this.ask(
      async (host) => {
        tell({ type: 'host-opened', version: host.version });
        const opened = this.#host;
        host.ended.then((failure) => opened === this.#host && tell({ type: 'host-failed', failure }));
      },
      (failure) => tell({ type: 'host-failed', failure }),
    );
  }

  /**
   * Lists the host's certificates.
   *
   * @param {(news: any) => void} tell
   */
  async list(tell) {
    await this.ask(
      async (host) => {
        const asked = this.#ahead ?? listCertificates(host);
        this.#ahead = null;
        const reply = await asked;
        if (reply.type === 'certificates') tell({ type: 'listed', keys: reply.keys, unreadable: reply.unreadable });
      },
      (failure) => tell({ type: 'host-failed', failure }),
    );
  }

  /**
   * Does something with the host, unless it has been replaced meanwhile.
   *
   * @param {(host: Host) => Promise<void>} work
   * @param {(failure: Failure) => void} failed
   */
  async ask(work, failed) {
    const asked = this.#host;
    try {
      await work(await asked);
    } catch (error) {
      if (asked === this.#host) failed(asFailure(error));
    }
  }
}

/**
 * @param {unknown} error
 * @returns {Failure}
 */
export function asFailure(error) {
  const { code, subject } = /** @type {any} */ (error) ?? {};
  if (error instanceof Error || typeof code !== 'string') {
    console.error(error);
    return { code: 'INTERNAL' };
  }
  return /** @type {Failure} */ (subject === undefined ? { code } : { code, subject });
}

/** @param {Host} host */
function listCertificates(host) {
  return host.request({ type: 'list-certificates' });
}
