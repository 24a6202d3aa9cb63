/** Each way in which a browser cannot use the host, made for real: the popup says which, and leads to the page about it. */
import assert from 'node:assert/strict';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { canConfine, confined } from './confined.js';
import { Browser, BROWSERS } from './driver.js';
import { inBrowsers, it } from './harness.js';
import { words } from './screen.js';

/** @typedef {{path: string, allowed_origins?: string[], allowed_extensions?: string[]}} Manifest */

/** A program in the place of the host's. @param {string} folder @param {string} body @param {number} [mode] */
function script(folder, body, mode = 0o755) {
  const file = path.join(folder, 'program');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, mode);
  return file;
}

/**
 * What is wrong, and what the popup says of it: Firefox has one answer to what is missing and to what is for another
 * extension.
 *
 * @type {Record<string, {make: (manifest: Manifest, folder: string) => object | string | null, code: string, firefox?: string}>}
 */
const FAULTS = {
  'there is no manifest': { make: () => null, code: 'HOST_MISSING' },
  'the manifest is no JSON': { make: () => '{', code: 'HOST_MISSING' },
  'the manifest is for another extension': {
    make: (manifest) => ({
      ...manifest,
      ...(manifest.allowed_origins && { allowed_origins: [`chrome-extension://${'a'.repeat(32)}/`] }),
      ...(manifest.allowed_extensions && { allowed_extensions: ['other@example.org'] }),
    }),
    code: 'HOST_FORBIDDEN',
    firefox: 'HOST_MISSING',
  },
  'the program is gone': { make: (manifest) => ({ ...manifest, path: '/nowhere/tamga-host' }), code: 'HOST_MISSING', firefox: 'HOST_NOT_STARTED' },
  'the program may not be executed': { make: (manifest, folder) => ({ ...manifest, path: script(folder, 'cat', 0o644) }), code: 'HOST_NOT_STARTED' },
  'the program exits': { make: (manifest, folder) => ({ ...manifest, path: script(folder, 'exit 3') }), code: 'HOST_NOT_STARTED' },
  'the program prints garbage': { make: (manifest, folder) => ({ ...manifest, path: script(folder, 'echo this is not the host you are looking for; cat') }), code: 'HOST_GARBLED' },
};

inBrowsers('a host that cannot be used', [], (world) => {
  const file = () => (world.name === 'firefox'
    ? path.join(world.browser.home, '.mozilla/native-messaging-hosts/org.tamga.host.json')
    : path.join(world.browser.profile, 'NativeMessagingHosts/org.tamga.host.json'));

  for (const [what, { make, code, firefox }] of Object.entries(FAULTS)) {
    it(`where ${what}, the popup says so and what to do`, async () => {
      world.browser.register();
      const good = readFileSync(file(), 'utf8');
      const made = make(JSON.parse(good), world.browser.home);
      if (made === null) rmSync(file());
      else writeFileSync(file(), typeof made === 'string' ? made : JSON.stringify(made));
      const expected = (world.name === 'firefox' && firefox) || code;
      const popup = await world.browser.extensionPage('popup/popup.html');
      await popup.reads(words(`error_${expected}`));
      await popup.reads(words(`help_${expected}`));
      // Sites hear only that there is no host.
      const status = await (await world.page()).evaluate(() => /** @type {any} */ (globalThis).tamga.status());
      assert.ok([null, 'HOST_MISSING'].includes(status.problem), status.problem);
      const page = await world.browser.extensionPage('diagnosis/diagnosis.html');
      await page.reads(words(`error_${expected}`));
      assert.match(await page.text(), new RegExp(`^${expected}$`, 'm'));
      writeFileSync(file(), good);
      await page.press(words('button_try_again'));
      await page.reads(words('diagnosis_report'));
      await page.reads('smart card service');
    });
  }

  it('the popup leads to that page, which repairs what is the person’s own', async () => {
    world.browser.register();
    const good = readFileSync(file(), 'utf8');
    rmSync(file());
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.press(words('button_diagnosis'));
    const page = await world.browser.opened('diagnosis/diagnosis.html');
    await page.reads(words('error_HOST_MISSING'));
    writeFileSync(file(), good);
    await page.press(words('button_try_again'));
    await page.reads('smart card service');
  });
}, { registered: false });

describe('a host that a policy blocks (chromium)', { skip: !(BROWSERS.includes('chromium') && canConfine) && 'it needs Chromium, and root for a mount namespace' }, () => {
  const { options, remove } = confined({ NativeMessagingBlocklist: ['*'] });
  /** @type {Browser} */
  let browser;
  before(async () => {
    browser = await Browser.open('chromium', options);
  });
  after(async () => {
    await browser?.close();
    remove();
  });

  it('the popup says whom to ask', async () => {
    const popup = await browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_HOST_BLOCKED'));
    await popup.reads(words('help_HOST_BLOCKED'));
  });
});
