/** The demo: people with keys, the demo site, a browser to try it in. `scripts/demo` runs it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Browser, BROWSERS, HOST, TARGET } from './driver.js';
import { People } from './people.js';
import { words } from './screen.js';
import { Site } from './site.js';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    headless: { type: 'boolean', default: false },
    language: { type: 'string', default: 'en' },
    screenshots: { type: 'string', default: path.join(TARGET, 'screenshots') },
  },
});
if (!['chromium', 'firefox'].includes(options.browser)) throw new Error('--browser chromium or --browser firefox');

/** Whose key files the host has from the start. */
const KEYED = ['anna-rsa2048', 'aigul-p256', 'daniyar-p384', 'emily-p521', 'oleg-expired'];
const SIGNER = 'anna-rsa2048';
const PORT = 8377;

const people = new People();
const site = await Site.open(PORT).catch(() => Site.open());
const browser = await Browser.open(options.browser, {
  keys: people.keys(...KEYED),
  visible: !options.headless,
  language: options.language,
});
console.log(`\n${people.list}\nKey files: ${people.folder}\nThe host has: ${KEYED.map((person) => `${person}.p12`).join(', ')}\nThe demo site: ${site.origin}/\n`);

let ending = false;
async function end() {
  if (ending) return;
  ending = true;
  await browser.close().catch(() => {});
  site.close();
}

if (options.headless) {
  await signByItself().finally(end);
} else {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, end);
  browser.puppeteer.on('disconnected', end);
  const page = await browser.page(`${site.origin}/`);
  await page.bringToFront();
  console.log('Sign there; close the browser or press Ctrl+C to end. Its profile and the registration of the host go with it.');
}

async function signByItself() {
  mkdirSync(options.screenshots, { recursive: true });
  const text = (/** @type {string} */ key) => words(key, {}, options.language);
  const popup = await browser.extensionPage('popup/popup.html');
  await popup.page.setViewport({ width: 400, height: 640, deviceScaleFactor: 2 });
  await popup.reads('Айгүл');
  await shoot(popup.page, 'popup');

  const page = await browser.page(`${site.origin}/`);
  const signature = await new Promise((resolve, reject) => {
    page.exposeFunction('keepSignature', resolve).then(async () => {
      await page.evaluate(() => {
        const sign = tamga.sign.bind(tamga);
      });
    }).catch(reject);
  });
}

/**
 * @param {import('puppeteer-core').Page} page
 * @param {string} name
 */
async function shoot(page, name) {
  const file = path.join(options.screenshots, `${name}-${options.browser}.png`);
  await page.screenshot({ path: file });
  console.log(`Screenshot: ${file}`);
}
