/** The demo: people with keys, the demo site, a browser to try it in. `scripts/demo` runs it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { Browser, HOST, TARGET } from './driver.js';
import { People } from './people.js';
import { words } from './screen.js';
import { Site } from './site.js';
import { until } from './until.js';

const { values: options } = parseArgs({
  options: {
    browser: { type: 'string', default: 'chromium' },
    dark: { type: 'boolean', default: false },
    headless: { type: 'boolean', default: false },
    language: { type: 'string', default: 'en' },
    screenshots: { type: 'string', default: path.join(TARGET, 'screenshots') },
  },
});
if (!['chromium', 'firefox'].includes(options.browser)) throw new Error('--browser chromium or --browser firefox');

/** Whose key files the host has from the start. */
const KEYED = ['anna-rsa2048', 'pavel-director', 'nurlan-gost512', 'daniyar-p384', 'galina-nopassword', 'emily-p521', 'oleg-expired'];
const SIGNER = 'anna-rsa2048';
const PORT = 8377;

const people = new People();
const site = await Site.open(PORT).catch(() => Site.open());
const browser = await Browser.open(options.browser, {
  keys: people.keys(...KEYED),
  visible: !options.headless,
  dark: options.dark,
  language: options.language,
});
await speak(options.language);
console.log(`\n${people.list}\nKey files: ${people.folder}\nThe host has: ${KEYED.map((person) => path.basename(people.file(person))).join(', ')}\nThe demo site: ${site.origin}/\n`);

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

/**
 * As the options page does it: Debian's Chromium comes without the languages of its own.
 *
 * @param {string} language
 */
async function speak(language) {
  const { page } = await browser.extensionPage('options/options.html');
  await page.evaluate((language) => (globalThis.browser ?? chrome).storage.local.set({ language }), language);
  await page.close();
}

/** What a person would do: open the popup, press the site's button, allow it, choose a certificate, type the password. */
async function signByItself() {
  mkdirSync(options.screenshots, { recursive: true });
  const page = await browser.page(`${site.origin}/`);
  await page.setViewport({ width: 900, height: 900 });
  await until('the site finds Tamga', () => page.$('#sign:enabled'));
  await page.click('#sign');
  const window = await browser.signWindow();
  await window.find('button', words('button_once', {}, options.language));
  await shoot(window.page, 'permission');
  await window.allowOnce(options.language);
  await window.choose(SIGNER);
  await until('the document is read', () => window.page.$('.row-digest code'));
  await window.page.setViewport({ width: 480, height: 720 });
  await window.page.evaluate(() => document.querySelectorAll('*').forEach((element) => element.scrollTo(0, 0)));
  await shoot(window.page, 'sign');
  await window.sign(people.password(SIGNER), options.language);
  await until('the signature is in the page', () => page.$('#results a'));
  await shoot(page, 'site');
  await window.closed();

  const { files, commands } = await offered(page);
  for (const [file, name] of [['popup/popup.html', 'popup'], ['options/options.html', 'options']]) {
    const screen = await browser.extensionPage(file);
    await screen.page.setViewport(name === 'popup' ? { width: 360, height: 600 } : { width: 900, height: 1200 });
    await screen.reads('Emily Carter');
    await shoot(screen.page, name);
  }
  const [{ content: signature }, { content: text }] = files;
  const { accepted, output } = people.verify(signature, { content: text, cades: true });
  console.log(`\nThe site has a signature of ${signature.length} bytes by ${SIGNER}. openssl cms -verify -cades says:\n${output}`);
  const results = checkedAsShown(files, commands);
  process.exitCode = accepted && results.every(({ status }) => status === 0) ? 0 : 1;
}

/**
 * What the site offers to save, the signature first and then the document, and the commands that it shows to check it.
 *
 * @param {import('puppeteer-core').Page} page
 */
async function offered(page) {
  const files = await page.$$eval('#results a', (links) => Promise.all(links.map(async (link) => {
    const { href, download } = /** @type {HTMLAnchorElement} */ (link);
    return { name: download, bytes: [...new Uint8Array(await (await fetch(href)).arrayBuffer())] };
  })));
  const commands = await page.$$eval('#results pre', (shown) => shown.map(({ textContent }) => textContent ?? ''));
  return { files: files.map(({ name, bytes }) => ({ name, content: Buffer.from(bytes) })), commands };
}

/**
 * Runs the site's commands in a folder with the site's files, as a person would who does not believe it.
 *
 * @param {{name: string, content: Buffer}[]} files
 * @param {string[]} commands
 */
function checkedAsShown(files, commands) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tamga-shown-'));
  for (const { name, content } of files) writeFileSync(path.join(folder, name), content);
  const env = { ...browser.environment, PATH: `${path.dirname(HOST)}:${process.env.PATH}` };
  const results = commands.map((command) => {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: folder, env, encoding: 'utf8' });
    console.log(`\nThe site says to check it so:\n${command}\n→ ${status}\n${stdout}${stderr}`);
    return { status };
  });
  rmSync(folder, { recursive: true });
  return results;
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
