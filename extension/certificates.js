/**
 * The host's certificates: in parts where tokens take their time, and listed anew when a card comes or goes.
 *
 * @typedef {import('./native.js').Host} Host
 * @typedef {import('./types/Listing').Listing} Listing
 */

/** Inserting a token is several events: they are told as one, so many milliseconds after the first. */
const COALESCE_MS = 100;

/** A list that was asked for: what has come of it is kept until somebody wants it. */
export class CertificateList {
  /** @type {Listing | null} */
  #soFar = null;
  /** @type {(listing: Listing) => void} */
  #onPart = (listing) => void (this.#soFar = listing);
  /** @type {Promise<Listing>} */
  #whole;

  /**
   * @param {Host} host
   * @param {import('./types/Command').Command} [command] what is answered by a list
   */
  constructor(host, command = { type: 'list-certificates' }) {
    this.#whole = this.#ask(host, command);
    this.#whole.catch(() => {});
  }

  /**
   * @param {(listing: Listing) => void} onPart gets what is known so far, each time all of it
   * @returns {Promise<Listing>} everything
   */
  take(onPart) {
    if (this.#soFar) onPart(this.#soFar);
    this.#onPart = onPart;
    return this.#whole;
  }

  /**
   * @param {Host} host
   * @param {import('./types/Command').Command} command
   */
  async #ask(host, command) {
    const reply = await host.request(command, (event) => {
      if (event.type === 'certificates-so-far') this.#onPart(listing(event));
    });
    if (reply.type !== 'certificates') throw { code: 'INTERNAL' };
    return listing(reply);
  }
}

/**
 * Has the host say when a reader or a card came or went, until it ends.
 *
 * @param {Host} host
 * @param {() => void} changed
 */
export function watchReaders(host, changed) {
  let due = false;
  const tell = () => {
    due = false;
    changed();
  };
  const watched = host.request({ type: 'watch-readers' }, (event) => {
    if (event.type !== 'readers-changed' || due) return;
    due = true;
    setTimeout(tell, COALESCE_MS);
  });
  // It is answered by events only. A host that cannot watch, or ends, says so elsewhere.
  watched.catch(() => {});
}

/**
 * Has the host say what it finds out about the certificates that it lists, until it ends.
 *
 * @param {Host} host
 * @param {(verdict: import('./types/CertificateVerdict').CertificateVerdict) => void} found
 */
export function watchVerdicts(host, found) {
  const watched = host.request({ type: 'watch-verdicts' }, ({ type, ...verdict }) => {
    if (type === 'verdict') found(/** @type {import('./types/CertificateVerdict').CertificateVerdict} */ (verdict));
  });
  // As with readers.
  watched.catch(() => {});
}

/**
 * @param {{type: string} & Listing} message
 * @returns {Listing}
 */
function listing({ type: _, ...listing }) {
  return listing;
}
