/**
 * Tamga for sites: sign with a person's own key, in a window of the extension where the person sees who asks and what
 * is signed. A site never lists keys, never sees a password, and learns one certificate: the one the person chose.
 *
 * ```js
 * async function sign(file) {
 *   if (!window.tamga) return showHowToInstall();
 *   try {
 *     const { items } = await tamga.sign({ documents: [{ name: file.name, content: file }] });
 *     await fetch('/signatures', { method: 'POST', body: items[0].signature });
 *   } catch (error) {
 *     if (error.code !== 'CANCELLED') throw error;
 *   }
 * }
 * ```
 *
 * `window.tamga` is there before the page's first script. Where the extension arrives later, the window gets the event
 * `tamga-ready`. Every page may look at it; it works on `https:` pages and on `http://localhost`, and in frames of other
 * sites with a permission of their own. One request at a time: a second one in the same tab is refused with `BUSY`.
 */

declare global {
  interface Window {
    /** There if the extension is. */
    tamga?: Tamga;
  }
  /** There if the extension is: ask `window.tamga` first. */
  const tamga: Tamga;
}

export interface Tamga {
  /** The version of this description: 1. New fields do not change it. */
  readonly apiVersion: 1;

  /** What every promise of this API is rejected with. */
  readonly TamgaError: typeof TamgaError;

  /**
   * Whether the person could sign now. Opens no window and asks nobody. Until the person has touched the page, or if they
   * have not allowed the site to ask always, it says nothing: everything but `apiVersion` is null.
   */
  status(): Promise<TamgaStatus>;

  /**
   * Lets the person choose a certificate and show it to the site, for example to fill in a form or to sign with it
   * later. Opens a window.
   */
  getCertificate(filter?: CertificateFilter, options?: { signal?: AbortSignal }): Promise<TamgaCertificate>;

  /**
   * Lets the person sign: one window, one password, however many documents. Items come back in the order of the
   * request; one that could not be signed has an `error` and does not hold up the others.
   *
   * Signed is what the documents were when the window opened. Large ones are not copied: pass the `File` that the person
   * chose, not its bytes.
   */
  sign(request: SignRequest, options?: SignOptions): Promise<SignResult>;
}

export interface TamgaStatus {
  apiVersion: 1;
  /** Such as `'0.1.0'`; null if the page is not to know. */
  extensionVersion: string | null;
  /** The program on the person's computer that the extension works with; null if it cannot be reached, or the page is not to know. */
  hostVersion: string | null;
  /** Why nothing can be signed now: `'HOST_MISSING'`, `'HOST_OUTDATED'`, … or null. The extension's own window explains it to the person. */
  problem: TamgaErrorCode | null;
}

/** Only certificates that fit are offered. An empty filter fits all. */
export interface CertificateFilter {
  keyTypes?: ('RSA' | 'EC' | 'GOST')[];
  /** The issuer's common name has one of these in it. At most 100. */
  issuers?: string[];
}

export interface TamgaCertificate {
  /** SHA-256 of the certificate in lower-case hex: what `sign` takes as `certificate`. */
  id: string;
  /** Whose it is, in one line: the common name, or else the next best thing. */
  subject: string;
  /** The organization of whom it is; null if it names none. */
  organization: string | null;
  /** The serial number in lower-case hex. */
  serial: string;
  /** When its validity ends: ISO 8601 in UTC, such as `'2027-02-01T00:00:00Z'`. */
  notAfter: string;
  keyType: 'RSA' | 'EC' | 'GOST' | null;
  /** The certificate: DER in base64. */
  der: string;
  /** The certificates above it, nearest first, as far as they came with the key: DER in base64. */
  chain: string[];
}

/** Either `documents` or `hashes`: 1 to 1000. */
export type SignRequest = (
  | { documents: TamgaDocument[]; hashes?: undefined; /** The document stays outside of the signature. Default: true. */ detached?: boolean }
  | { hashes: TamgaHash[]; documents?: undefined; detached?: true }
) & {
  /** `'cades-bes'` (default): CMS with the signing certificate among what is signed (ETSI EN 319 122-1). `'cms'`: RFC 5652 alone. */
  format?: 'cms' | 'cades-bes';
  /** The id of the certificate to sign with. Without it the person chooses. */
  certificate?: string;
  /** RSA keys only: PSS instead of PKCS #1 v1.5. Default: false. */
  pss?: boolean;
};

export interface TamgaDocument {
  /** Shown to the person: 1 to 1024 bytes of UTF-8. */
  name: string;
  /** A string is signed as its UTF-8. */
  content: Blob | ArrayBuffer | ArrayBufferView | string;
}

/**
 * A digest made elsewhere. The person is told that Tamga has not seen the document, so prefer `documents`. All digests of
 * one call are of one algorithm, the one that goes with the key: SHA-256 for RSA and P-256, SHA-384 for P-384, SHA-512 for P-521, Streebog
 * (GOST R 34.11-2012) of the key's size for GOST.
 */
export interface TamgaHash {
  /** Shown to the person: 1 to 1024 bytes of UTF-8. */
  name: string;
  algorithm: 'SHA-256' | 'SHA-384' | 'SHA-512' | 'Streebog-256' | 'Streebog-512';
  /** The digest: bytes, or hex. */
  value: ArrayBuffer | ArrayBufferView | string;
}

export interface SignOptions {
  /** Aborting closes the window; the promise is rejected with `CANCELLED`. */
  signal?: AbortSignal;
  onProgress?: (progress: TamgaProgress) => void;
}

export interface TamgaProgress {
  /** `'waiting'`: no window is open, because the person has not touched the page or is elsewhere; they find the request behind Tamga's icon. */
  phase: 'waiting' | 'reading' | 'signing';
  /** Documents that are through this phase. */
  done: number;
  total: number;
  /** While reading: how much of all documents. */
  bytes?: number;
  bytesTotal?: number;
}

export interface SignResult {
  /** What the person signed with. */
  certificate: TamgaCertificate;
  items: SignedItem[];
}

export type SignedItem =
  /** `signature`: DER of a CMS SignedData. Attached, it contains the document. */
  | { name: string; signature: Blob; error?: undefined }
  | { name: string; error: TamgaError; signature?: undefined };

/**
 * Codes never change their meaning; there may be new ones. The words for the person are the extension's, in its own
 * window. `structuredClone` and `postMessage` keep all of its fields.
 */
declare class TamgaError extends Error {
  constructor(code: TamgaErrorCode, details?: { explanation?: string; retryAfter?: number });
  readonly name: 'TamgaError';
  readonly code: TamgaErrorCode;
  /** With `PERMISSION_DENIED`: in so many milliseconds it may be asked again. Missing if that is not known, or never. */
  readonly retryAfter?: number;
}
export type { TamgaError };

/**
 * Codes marked with ¹ may come without a window: do not promise the person one before the answer. `message` is the code
 * and a sentence for you. The window explains to the person whatever happens in it; a site says only what it needs itself.
 */
export type TamgaErrorCode =
  /** ¹ This tab already has a Tamga window open, or has asked too often. */
  | 'BUSY'
  /** ¹ (when the call was aborted, or the page was left) The person closed the window. */
  | 'CANCELLED'
  /** The certificate that was asked for by id cannot sign, or is not there. */
  | 'CERTIFICATE_EXPIRED'
  | 'CERTIFICATE_NOT_FOUND'
  | 'CERTIFICATE_NOT_YET_VALID'
  | 'CERTIFICATE_UNFIT'
  /** The document changed, vanished or could not be read: let the person choose the file again. */
  | 'CONTENT_CHANGED'
  | 'CONTENT_MALFORMED'
  /** Too large for this kind of signature: a detached one takes any size. */
  | 'CONTENT_TOO_LARGE'
  /** The program on the person's computer is not there, too old, or has stopped. */
  | 'HOST_MISSING'
  | 'HOST_OUTDATED'
  | 'HOST_STOPPED'
  /** ¹ A defect of Tamga, or a failure of the person's computer that is not for sites to know. */
  | 'INTERNAL'
  /** ¹ The extension was reloaded, updated or removed; after a reload of the page it may work again. */
  | 'INTERRUPTED'
  /** The key cannot sign, or not in this way. */
  | 'KEY_EXPIRED'
  | 'KEY_MISMATCH'
  | 'KEY_MISSING'
  | 'KEY_UNSUPPORTED'
  | 'KEY_WITHDRAWN'
  | 'MODULE_FAILED'
  /**
   * ¹ The person was elsewhere, or had not touched the page since it was loaded; so the request waited behind Tamga's
   * icon, and nobody opened it within two minutes. Call from a button of the page.
   */
  | 'NOT_ANSWERED'
  /** ¹ The page is not `https:`, or has no origin (a sandboxed frame). */
  | 'ORIGIN_INSECURE'
  /** ¹ The person did not allow it, now or earlier. Until `retryAfter` is over nobody is asked. */
  | 'PERMISSION_DENIED'
  /** ¹ The site passed something that makes no sense; `message` says what. */
  | 'REQUEST_MALFORMED'
  | 'SIGNATURE_INVALID'
  /** Something on the person's computer was slow or in use: it can be tried again. */
  | 'TIMEOUT'
  | 'TOKEN_BUSY'
  | 'TOKEN_REMOVED';
