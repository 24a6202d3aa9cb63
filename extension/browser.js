/**
 * The browser's extension API under one name. Firefox calls it `browser`, Chromium `chrome`; both answer with promises.
 *
 * @type {typeof chrome}
 */
// @ts-ignore -- `browser` is Firefox's own.
export const browser = globalThis.browser ?? globalThis.chrome;
