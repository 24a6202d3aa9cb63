/** Private windows: what the person allows there in the browser's own settings, and pages in them. */
import { until } from './until.js';

/**
 * Lets the extension into private windows, as the person does in the browser's settings of extensions.
 *
 * @param {import('puppeteer-core').Browser} browser
 * @param {string} url of the extension
 */
export async function allowInPrivateWindows(browser, url) {
  if (url.startsWith('moz-extension:')) return allowInFirefox(browser);
  const settings = await browser.newPage();
  await settings.goto('chrome://extensions');
  await settings.evaluate(async (id) => {
    const { developerPrivate } = /** @type {any} */ (globalThis).chrome;
    // Otherwise an extension that is not from the store is switched off by the next step.
    await developerPrivate.updateProfileConfiguration({ inDeveloperMode: true });
    await developerPrivate.updateExtensionConfiguration({ extensionId: id, incognitoAccess: true });
  }, new URL(url).hostname);
  await until('the extension is there again', () => settings.evaluate(async (id) => {
    const { state, incognitoAccess } = await /** @type {any} */ (globalThis).chrome.developerPrivate.getExtensionInfo(id);
    return state === 'ENABLED' && incognitoAccess.isActive;
  }, new URL(url).hostname));
  await settings.close();
}

/**
 * The setting is in the browser's own pages, which the driver reaches in its "chrome" scope.
 *
 * @param {any} browser
 */
async function allowInFirefox({ connection }) {
  const { result } = await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' });
  await connection.send('script.evaluate', {
    awaitPromise: true,
    target: { context: result.contexts[0].context },
    expression: `(async () => {
      const { ExtensionPermissions } = ChromeUtils.importESModule('resource://gre/modules/ExtensionPermissions.sys.mjs');
      const { AddonManager } = ChromeUtils.importESModule('resource://gre/modules/AddonManager.sys.mjs');
      await ExtensionPermissions.add('tamga@tamga.org', { permissions: ['internal:privateBrowsingAllowed'], origins: [] });
      await (await AddonManager.getAddonByID('tamga@tamga.org')).reload();
    })()`,
  });
}

/**
 * A page of a site in a new private window, which the person has touched.
 *
 * @param {import('./harness.js').World} world
 * @param {string} url that no other page has
 */
export async function privatePage(world, url) {
  await world.settings.page.evaluate((url) => void (globalThis.browser ?? chrome).windows.create({ url, incognito: true }), url);
  const page = await until('the private window opens', async () => {
    for (const page of await world.browser.puppeteer.pages()) if (page.url() === url) return page;
  });
  await until('the page is there', () => page.evaluate(() => document.readyState === 'complete').catch(() => false));
  await page.mouse.click(1, 1);
  return page;
}
