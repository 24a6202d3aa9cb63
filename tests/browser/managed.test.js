/** What an administrator has decided, in real browsers: by a policy in Chromium, by a managed storage manifest in Firefox. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { canConfine, confined } from './confined.js';
import { Browser, BROWSERS, extension, manifest } from './driver.js';
import { it } from './harness.js';
import { sign } from './page.js';
import { People } from './people.js';
import { words } from './screen.js';
import { Site } from './site.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const PERSON = 'anna-rsa2048';

/**
 * A browser whose administrator has decided this for the extension.
 *
 * @param {string} name
 * @param {object} values
 * @param {import('./driver.js').Options['keys']} keys
 * @returns {Promise<{browser: Browser, remove: () => void}>}
 */
async function managedBrowser(name, values, keys) {
  if (name === 'chromium') {
    const id = new URL(new Browser(name).extensionUrl('')).host;
    const { options, remove } = confined({ '3rdparty': { extensions: { [id]: values } } });
    return { browser: await Browser.open(name, { keys, ...options }), remove };
  }
  const browser = await Browser.open(name, { keys, extension: false });
  const { id } = manifest().browser_specific_settings.gecko;
  const folder = path.join(browser.home, '.mozilla/managed-storage');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${id}.json`), JSON.stringify({ name: id, description: 'Tamga', type: 'storage', data: values }));
  await browser.puppeteer.installExtension(extension(name));
  return { browser, remove: () => {} };
}

for (const name of BROWSERS) {
  const skip = name === 'chromium' && !canConfine && 'it needs root for a mount namespace';
  describe(`an administrator’s decisions (${name})`, { skip }, () => {
    /** @type {Browser} */
    let browser;
    /** @type {Site} */
    let site;
    let remove = () => {};
    const people = new People();

    before(async () => {
      site = await Site.open();
      const values = {
        allowedSites: [site.origin, 'https://*.bank.example'],
        grants: [{ origin: site.origin, scopes: ['sign'] }],
        pinEntry: 'window',
        language: 'kk',
        // Chromium leaves out what the schema does not know; Firefox has none.
        ...(name === 'firefox' && { modules: ['/tmp/module.so'] }),
      };
      ({ browser, remove } = await managedBrowser(name, values, people.keys(PERSON)));
      // Chromium reads what is decided for an extension a moment after it was installed.
      const { page } = await browser.extensionPage('popup/popup.html');
      await until('the browser has what is decided', () => page.evaluate(async () => Object.keys(await (globalThis.browser ?? chrome).storage.managed.get(null)).length > 0));
      await page.close();
    });
    after(async () => {
      await browser?.close();
      site?.close();
      remove();
    });

    it('a granted site need not ask, and the person still sees what is signed', async () => {
      const page = await browser.page(`${site.origin}/blank`);
      const answer = sign(page, REQUEST);
      const window = await browser.signWindow();
      await window.sign(people.password(PERSON), 'kk');
      assert.equal((await answer).items?.length, 1);
      await browser.noSignWindow();
    });

    it('a site that is not allowed is refused without a window, and learns nothing', async () => {
      const page = await browser.page(`${site.otherOrigin}/blank`);
      const { code } = await sign(page, REQUEST);
      assert.equal(code, 'PERMISSION_DENIED');
      assert.equal((await browser.signWindows()).length, 0);
      const { extensionVersion, hostVersion, problem } = await page.evaluate(() => /** @type {any} */ (globalThis).tamga.status());
      assert.deepEqual([extensionVersion, hostVersion, problem], [null, null, null]);
    });

    it('the settings show what is decided, and let nobody change it', async () => {
      const options = await browser.extensionPage('options/options.html');
      await options.reads(words('managed_allowed', {}, 'kk'));
      await options.reads('https://*.bank.example');
      await options.reads(words('grant_sign_always', {}, 'kk'));
      assert.ok(await options.page.$eval('#language ~ select', (select) => select.disabled));
      assert.deepEqual(await options.page.$$eval('input[name="pin-entry"]', (all) => all.map((radio) => radio.disabled)), [true, true]);
      if (name === 'firefox') await options.reads(words('managed_problems', { keys: 'modules' }, 'kk'));
    });
  });
}
