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
 * Starts the host. It says nothing before it is greeted; but it may be lost before anybody listens, so `lost` keeps the
 * browser's words on that, and whoever talks to it sets `onMessage`: Chromium gives no listeners to a port that is closed.
 *
 * @typedef {{port: chrome.runtime.Port & {error?: Error}, lost: Promise<string>, onMessage: (message: any) => void}} HostPort
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
