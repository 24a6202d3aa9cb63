/**
 * The host as a page with a screen uses it.
 *
 * @typedef {import('./browser.js').HostPort} HostPort
 * @typedef {import('./types/Failure').Failure} Failure
 * @typedef {import('./types/HostClientEvent').HostClientEvent} HostClientEvent
 * @typedef {import('./types/PrivateListingEvent').PrivateListingEvent} PrivateListingEvent
 * @typedef {Exclude<HostClientEvent, {type: 'outdated'}>} ListEvent
 */
import { CertificateList, watchReaders, watchVerdicts } from './certificates.js';
import { asFailure } from './failure.js';
import { Host } from './native.js';
import { showHost } from './toolbar_icon.js';

/** Where pages tell each other that something has changed that a host lists. */
const CHANGES = 'host-changes';

/**
 * A host that is opened, and asked for its certificates, before the screen is there. When the person asks it is opened
 * anew, and events of the one before are dropped.
 */
export class HostClient {
  /** @type {CertificateList | null} the certificates, until the screen wants them */
  #ahead = null;
  /**
   * When a card comes or goes: until the screen listens, the list that was asked for ahead is out of date.
   *
   * @type {() => void}
   */
  #changed = () => void (this.#ahead = null);
  /**
   * What the host finds out: kept until the screen listens.
   *
   * @type {import('./types/CertificateVerdict').CertificateVerdict[]}
   */
  #verdicts = [];
  /** @type {(verdict: import('./types/CertificateVerdict').CertificateVerdict) => void} */
  #judged = (verdict) => void this.#verdicts.push(verdict);
  /** The latest list that was asked for: what comes of earlier ones is out of date. */
  #latestList = 0;
  #used = false;
  #changes = new BroadcastChannel(CHANGES);
  /** @type {Promise<Host>} */
  #host;

  /** Whether the page shows certificates of the host's. */
  #lists;

  /**
   * @param {HostPort} started ahead, for this page
   * @param {{lists?: boolean}} [page] a page that lists nothing has no token asked, and hears of nothing that comes and goes
   */
  constructor(started, { lists = true } = {}) {
    this.#lists = lists;
    this.#host = this.#start(lists ? (host) => void (this.#ahead = new CertificateList(host)) : undefined, started);
  }

  /**
   * Opens the host, the first time the one that is being opened already, and says what comes and goes from then on.
   *
   * @param {(event: HostClientEvent) => void} tell
   */
  async open(tell) {
    if (this.#used) {
      this.#host.then((host) => host.close()).catch(() => {});
      this.#host = this.#start();
      this.#ahead = null;
    }
    this.#used = true;
    this.#changes.onmessage = () => this.#changed();
    await this.ask(
      async (host) => {
        tell({ type: 'host-opened', version: host.version });
        if (host.outdated) tell({ type: 'outdated', failure: host.outdated });
        showHost(false);
        const opened = this.#host;
        host.ended.then((failure) => opened === this.#host && tell({ type: 'host-failed', failure }));
        this.#changed = () => tell({ type: 'readers-changed' });
        this.#judged = (verdict) => tell({ type: 'verdict', ...verdict });
        this.#verdicts.splice(0).forEach(this.#judged);
      },
      (failure) => {
        tell({ type: 'host-failed', failure });
        showHost(true);
      },
    );
  }

  /**
   * Lists the host's certificates, in parts where they come in parts.
   *
   * @param {(event: ListEvent) => void} tell
   */
  async list(tell) {
    const list = ++this.#latestList;
    const ahead = this.#ahead;
    this.#ahead = null;
    /** @param {ListEvent} event */
    const tellLatest = (event) => list === this.#latestList && tell(event);
    await this.ask(
      async (host) => {
        const asked = ahead ?? new CertificateList(host);
        const listing = await asked.take((listing) => tellLatest({ type: 'listed-so-far', ...listing }));
        tellLatest({ type: 'listed', ...listing });
        rememberTerms(listing.keys);
      },
      (failure) => tellLatest({ type: 'host-failed', failure }),
    );
  }

  /**
   * Lists them with those that a token shows only after its PIN.
   *
   * @param {import('./types/Command').Command} command
   * @param {(event: HostClientEvent | PrivateListingEvent) => void} tell
   */
  async listPrivate(command, tell) {
    this.#latestList++;
    this.#ahead = null;
    await this.ask(
      async (host) => {
        const listing = await new CertificateList(host, command).take((listing) => tell({ type: 'listed-so-far', ...listing }));
        tell({ type: 'listed', ...listing });
        tell({ type: 'private-listed' });
      },
      (failure) => tell({ type: 'private-list-failed', failure }),
    );
  }

  /** Has the other pages list anew: the person has changed something here. */
  tellOthers() {
    this.#changes.postMessage(null);
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

  /**
   * Watched from the beginning: what is inserted after the first list was made must not be missed.
   *
   * @param {(host: Host) => void} [ahead]
   * @param {HostPort} [started]
   */
  #start(ahead, started) {
    /** @type {Promise<Host>} */
    const opening = Host.open((host) => {
      if (this.#lists) {
        watchReaders(host, () => opening === this.#host && this.#changed());
        watchVerdicts(host, (verdict) => opening === this.#host && this.#judged(verdict));
      }
      ahead?.(host);
    }, started);
    return opening;
  }
}

/**
 * For reminders: no window waits for it, and none fails because of it.
 *
 * @param {import('./types/Listing').Listing['keys']} keys
 */
function rememberTerms(keys) {
  import('./terms.js').then((terms) => terms.rememberTerms(keys)).catch(() => {});
}
