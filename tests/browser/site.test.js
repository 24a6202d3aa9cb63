/**
 * The demo site, against a `window.tamga` that answers as it is told: every state of it in every language, light and dark,
 * on a phone and on a desk. That it works with the real one is what `scripts/demo --headless` shows.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { Browser, BROWSERS, TARGET } from './driver.js';
import { it } from './harness.js';
import { Site } from './site.js';
import { CERTIFICATES } from './states/fixtures.js';
import { AXE, LANGUAGES, Stage } from './states/stage.js';

const FOLDER = path.join(TARGET, 'screenshots/site');
const PHONE = { width: 360, height: 740 };
const DESK = { width: 1280, height: 900 };
/** How it is looked at; that axe looks at one of two sizes is enough: which rules hold does not depend on it. */
const LOOKS = [
  { look: 'light-phone', theme: 'light', size: PHONE, axe: true },
  { look: 'light-desk', theme: 'light', size: DESK, axe: false },
  { look: 'dark-desk', theme: 'dark', size: DESK, axe: true },
];
const READY = { apiVersion: 1, extensionVersion: '0.1.0', hostVersion: '0.1.0', problem: null };
const UNKNOWN = { apiVersion: 1, extensionVersion: null, hostVersion: null, problem: null };
const DIRECTOR = shown(CERTIFICATES.director, { subject: 'ООО «Ромашка»', organization: 'Общество с ограниченной ответственностью «Ромашка»', keyType: 'GOST' });
const AIGUL = shown(CERTIFICATES.aigul, { subject: 'ӨМІРБЕКОВА АЙГҮЛ', organization: null, keyType: 'EC' });
const FILES = ['Договор поставки № 17 от 12.01.2027.pdf', 'Скан доверенности, подписанной генеральным директором в присутствии нотариуса (копия 2).png', "Anna's notes.txt"];

/**
 * What the site finds and is told.
 *
 * @typedef {object} Told
 * @property {object | null} [status] of `tamga.status`; null: there is no `window.tamga`
 * @property {string[]} [files] that the person has chosen
 * @property {'sign' | 'certificate'} [presses] what the person presses
 * @property {object} [progress] that is reported, and nothing after it
 * @property {object} [failure] of the request
 * @property {string[]} [failures] the code with which each document was not signed; empty where it was
 * @property {object} [certificate] that signs or is shown
 * @property {boolean} [attached]
 */

/** @type {Record<string, Told>} */
const STATES = {
  'no-extension': { status: null },
  'not-touched-yet': { status: UNKNOWN },
  'program-missing': { status: { ...UNKNOWN, problem: 'HOST_MISSING' } },
  ready: { status: READY },
  'files-chosen': { files: FILES },
  'waits-for-the-person': { presses: 'sign', progress: { phase: 'waiting', done: 0, total: 1 } },
  signing: { files: FILES, presses: 'sign', progress: { phase: 'signing', done: 1, total: 3 } },
  signed: { presses: 'sign', certificate: AIGUL },
  'signed-attached': { presses: 'sign', certificate: AIGUL, attached: true },
  'several-signed': { files: FILES, presses: 'sign', certificate: DIRECTOR },
  'signed-partly': { files: FILES, presses: 'sign', certificate: DIRECTOR, failures: ['', 'CONTENT_CHANGED', 'SIGNATURE_INVALID'] },
  'certificate-shown': { presses: 'certificate', certificate: DIRECTOR },
  cancelled: { presses: 'sign', failure: { code: 'CANCELLED' } },
  denied: { presses: 'sign', failure: { code: 'PERMISSION_DENIED' } },
  'denied-for-now': { presses: 'sign', failure: { code: 'PERMISSION_DENIED', retryAfter: 240_000 } },
  'failed-otherwise': { presses: 'sign', failure: { code: 'TOKEN_REMOVED' } },
};

describe('the demo site', { skip: !BROWSERS.includes('chromium') && 'the states are looked at in Chromium' }, () => {
  /** @type {Browser} */
  let browser;
  /** @type {Site} */
  let site;
  before(async () => {
    rmSync(FOLDER, { recursive: true, force: true });
    mkdirSync(FOLDER, { recursive: true });
    browser = await Browser.open('chromium', { registered: false, extension: false });
    site = await Site.open();
  });
  after(async () => {
    await browser?.close();
    site?.close();
  });

  for (const [state, told] of Object.entries(STATES)) {
    it(`${state}: axe finds nothing, nothing is cut off, everything is said in three languages`, async () => {
      const stage = new Stage(await visit(told));
      const found = [];
      for (const { look, theme, size, axe } of LOOKS) {
        await stage.wear(theme);
        await stage.resize(size);
        for (const language of LANGUAGES) {
          await stage.page.click(`#languages [lang=${language}]`);
          const findings = axe ? [...(await stage.findings()), ...(await untranslated(stage.page))] : [];
          found.push(...[...findings, ...(await stage.cutOff())].map((finding) => `${language}, ${look}: ${finding}`));
          await stage.shoot(path.join(FOLDER, `${state}-${language}-${look}.png`));
        }
      }
      await stage.page.close();
      assert.deepEqual(found, []);
    });
  }

  it('the commands and the files that it offers go together', async () => {
    const page = await visit({ presses: 'sign', certificate: AIGUL, files: ["Anna's notes.txt"] });
    const offered = await page.$$eval('#results a', (links) => links.map((link) => /** @type {HTMLAnchorElement} */ (link).download));
    assert.deepEqual(offered, ["Anna's notes.txt.p7s", "Anna's notes.txt", 'certificates.pem']);
    const [tamga, openssl] = await page.$$eval('#results pre', (commands) => commands.map((command) => command.textContent ?? ''));
    assert.equal(tamga, `tamga-host verify 'Anna'\\''s notes.txt.p7s' --content 'Anna'\\''s notes.txt' --signature-only`);
    assert.match(openssl, /-in 'Anna'\\''s notes\.txt\.p7s' .*-content 'Anna'\\''s notes\.txt'.*-CAfile certificates\.pem.*-cades$/s);
    const pem = await page.$eval('#results a[download="certificates.pem"]', async (link) => (await fetch(/** @type {HTMLAnchorElement} */ (link).href)).text());
    assert.equal(pem.match(/-----BEGIN CERTIFICATE-----/g)?.length, 1);
    await page.close();
  });

  /**
   * The site as it is told.
   *
   * @param {Told} told
   */
  async function visit(told) {
    const page = await browser.puppeteer.newPage();
    await page.evaluateOnNewDocument(AXE);
    if (told.status !== null) await page.evaluateOnNewDocument(answers, { status: READY, ...told });
    await page.goto(`${site.origin}/`);
    await page.waitForSelector('.status:is(.ready, .missing)');
    if (told.files) await page.evaluate(chooses, told.files);
    if (told.attached) await page.click('[value=attached]');
    if (told.presses) await page.click(`#${told.presses}`);
    if (told.certificate) await page.waitForSelector('#results h2');
    if (told.failure) await page.waitForSelector('#message:not([hidden])');
    return page;
  }
});

/** @param {{id: string, certificate: string}} certificate @param {object} says */
function shown({ id, certificate }, says) {
  return { id, serial: '4a0142f7c09a5be3d011', notAfter: '2028-10-26T09:00:00Z', der: certificate, chain: [], ...says };
}

/** Keys that show instead of texts, and places that a text left open. @param {import('puppeteer-core').Page} page */
async function untranslated(page) {
  const words = await page.evaluate(() => [...document.querySelectorAll('body *')]
    .filter((element) => element.children.length === 0 && /** @type {HTMLElement} */ (element).translate)
    .map(({ textContent }) => textContent).join('\n'));
  return [...words.matchAll(/\b[a-z]+_\w+\b|\{\w+\}|undefined/g)].map(([word]) => `“${word}” is no text`);
}

/** In the page, before its own scripts: `window.tamga`. @param {Told} told */
function answers({ status, progress, failure, failures, certificate }) {
  const later = () => new Promise((resolve) => setTimeout(resolve));
  /** @param {any} request @param {any} options */
  const sign = async ({ documents }, { onProgress }) => {
    await later();
    if (progress) return onProgress(progress), new Promise(() => {});
    if (failure) throw failure;
    const item = (/** @type {any} */ { name }, /** @type {number} */ index) => (failures?.[index] ? { name, error: { code: failures[index] } } : { name, signature: new Blob(['a signature']) });
    return { certificate, items: documents.map(item) };
  };
  Object.assign(window, { tamga: { status: async () => status, getCertificate: async () => certificate, sign } });
}

/** In the page: the person has chosen files of these names. @param {string[]} names */
function chooses(names) {
  const chosen = new DataTransfer();
  names.forEach((name, index) => chosen.items.add(new File(['x'.repeat(10 ** (index + 3))], name)));
  const field = /** @type {HTMLInputElement} */ (document.querySelector('#files'));
  field.files = chosen.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
}
