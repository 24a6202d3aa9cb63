/**
 * The browser's extension API under one name. Firefox calls it `browser`, Chromium `chrome`; both answer with promises.
 *
 * @type {typeof chrome}
 */
// @ts-ignore -- `browser` is Firefox's own.
export const browser = globalThis.browser ?? globalThis.chrome;

/** What the host is registered as. */
const HOST_NAME = 'org.tamga.host';

/**
 * Starts the host, which sends nothing before `hello`. It may exit before anybody listens: `lost` keeps the browser's
 * reason, and listeners are added here, because Chromium calls none that is added to a closed port. Whoever uses the host
 * sets `onMessage`.
 *
 * @typedef {import('./types/FromHost').FromHost} FromHost
 * @typedef {{port: chrome.runtime.Port & {error?: Error}, lost: Promise<string>, onMessage: (message: FromHost) => void}} HostPort
 * @returns {HostPort}
 */
export function startHost() {
  /** @type {HostPort['port']} */
  const port = browser.runtime.connectNative(HOST_NAME);
  const lost = new Promise((resolve) => {
    port.onDisconnect.addListener(() => resolve(port.error?.message ?? browser.runtime.lastError?.message ?? ''));
  });
  /** @type {HostPort} */
  const started = { port, lost, onMessage: () => {} };
  port.onMessage.addListener((message) => started.onMessage(message));
  return started;
}
