/**
 * How soon our pages are there, as ratios to what no page of the extension can be faster than: a text file of it. One is
 * opened before each of ours, so that whatever else the machine does slows both.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { median, milliseconds, row } from './bench_table.js';
import { Browser } from './driver.js';
import { People } from './people.js';
import { Site } from './site.js';
import { until } from './until.js';

const RUNS = 11;
/** So many certificates the popup lists. */
const MANY = 50;
const SIGNER = 'anna-rsa2048';
const TEXT_FILE = 'theme.css';
/** A window that is opening is left alone for so long, in milliseconds: asking the browser for its windows would slow it. */
const UNDISTURBED_MS = 1500;
/** The aims, as ratios. */
const WINDOW_AIMS = { chromium: 2, firefox: 3 };
const POPUP_AIM = 2;

/** @typedef {{ours: number[], bare: number[]}} Measured in milliseconds, run by run; `bare`: the text file just before */

/** @param {string} name of the browser */
export async function startUp(name) {
  const popup = await popups(name);
  const window = await signWindows(name);
  row(`${name}: a text file of the extension painted`, '', milliseconds([...popup.painted.bare, ...window.painted.bare]));
  row(`${name}: the same in a window of its own`, '', ratio({ ours: window.alone, bare: window.painted.bare }));
  row(`${name}: click to sign window painted`, aim(WINDOW_AIMS[name]), ratio(window.painted));
  row(`${name}: click to all that is in the sign window`, '', ratio(window.complete));
  row(`${name}: popup's first paint`, '', ratio(popup.painted));
  row(`${name}: popup with ${MANY} certificates`, aim(POPUP_AIM), ratio(popup.complete));
  row(`${name}: the same with a verdict on each`, '300 ms', ratio(popup.judged));
}

/** @param {number} times */
function aim(times) {
  return `${times} x the text file`;
}

/** @param {Measured} measured */
function ratio({ ours, bare }) {
  return `${median(ours.map((time, run) => time / bare[run])).toFixed(2)} x, ${milliseconds(ours)}`;
}

/**
 * @param {string} name
 * @returns {Promise<{painted: Measured, complete: Measured, judged: Measured}>}
 */
async function popups(name) {
  const people = new People(MANY);
  const many = Array.from({ length: MANY }, (_, index) => `more-${String(index + 1).padStart(3, '0')}`);
  const browser = await Browser.open(name, { keys: people.keys(...many) });
  try {
    const [bare, painted, complete, judged] = [[], [], [], []].map((times) => /** @type {number[]} */ (times));
    for (let run = 0; run < RUNS; run += 1) {
      bare.push(await textFile(browser));
      const { page } = await browser.extensionPage('popup/popup.html');
      const [listed, verdicts] = await page.evaluate(async (count) => {
        const there = async (/** @type {() => number} */ number) => {
          while (number() < count) await new Promise(requestAnimationFrame);
          return performance.now();
        };
        // A card has its line from the beginning, empty.
        const lines = () => [...document.querySelectorAll('li.card .verdict-short')];
        return [
          await there(() => document.querySelectorAll('li.card').length),
          await there(() => lines().filter(({ textContent }) => textContent?.trim()).length),
        ];
      }, MANY);
      complete.push(listed);
      judged.push(verdicts);
      painted.push((await paints(page)).first);
      await page.close();
    }
    return { painted: { ours: painted, bare }, complete: { ours: complete, bare }, judged: { ours: judged, bare } };
  } finally {
    await browser.close();
  }
}

/**
 * @param {string} name
 * @returns {Promise<{painted: Measured, complete: Measured, alone: number[]}>}
 */
async function signWindows(name) {
  const people = new People();
  const site = await Site.open();
  const browser = await Browser.open(name, { keys: people.keys(SIGNER) });
  try {
    const settings = (await browser.extensionPage('popup/popup.html')).page;
    const grant = { origin: site.origin, scope: 'sign', decision: 'always', since: Date.now(), until: Date.now() + 1e9 };
    await settings.evaluate((grants) => (globalThis.browser ?? chrome).storage.local.set({ grants }), [grant]);
    const page = await browser.page(`${site.origin}/blank`);
    const [bare, alone, painted, complete] = [[], [], [], []].map((times) => /** @type {number[]} */ (times));
    for (let run = 0; run < RUNS; run += 1) {
      alone.push(await textFileInWindow(browser, settings));
      bare.push(await textFile(browser));
      await page.bringToFront();
      const { first, last } = await signWindow(browser, page);
      painted.push(first);
      complete.push(last);
    }
    return { painted: { ours: painted, bare }, complete: { ours: complete, bare }, alone };
  } finally {
    await browser.close();
    site.close();
  }
}

/**
 * From the site's call, as after a click, to the sign window's first and last paint.
 *
 * @param {Browser} browser
 * @param {import('puppeteer-core').Page} page
 */
async function signWindow(browser, page) {
  const clicked = await page.evaluate(() => {
    const clicked = performance.timeOrigin + performance.now();
    tamga.sign({ documents: [{ name: 'document.txt', content: 'text' }] }).catch(() => {}); // it is closed below
    return clicked;
  });
  await pause(UNDISTURBED_MS);
  const window = await browser.signWindow();
  await window.asksForPassword();
  const { origin, first, last } = await paints(window.page);
  await window.close();
  await browser.noSignWindow();
  return { first: origin + first - clicked, last: origin + last - clicked };
}

/**
 * What no page of the extension can be faster than.
 *
 * @param {Browser} browser
 */
async function textFile(browser) {
  const { page } = await browser.extensionPage(TEXT_FILE);
  const { first } = await paints(page);
  await page.close();
  return first;
}

/**
 * What no window of the extension can be faster than: from the call that opens it.
 *
 * @param {Browser} browser
 * @param {import('puppeteer-core').Page} opener a page of the extension
 */
async function textFileInWindow(browser, opener) {
  const url = browser.extensionUrl(TEXT_FILE);
  const called = await opener.evaluate((url) => {
    (globalThis.browser ?? chrome).windows.create({ url, type: 'popup', width: 480, height: 720 });
    return performance.timeOrigin + performance.now();
  }, url);
  await pause(UNDISTURBED_MS);
  const window = await until('the window is open', async () => {
    for (const page of await browser.puppeteer.pages()) {
      if ((await page.evaluate(() => location.href).catch(() => '')) === url) return page;
    }
  });
  const { origin, first } = await paints(window);
  await window.close();
  return origin + first - called;
}

/**
 * When a page was painted first, and when the largest of what is in it, in milliseconds since its start.
 *
 * @param {import('puppeteer-core').Page} page
 */
function paints(page) {
  return until('the page is painted', () => page.evaluate(async () => {
    const [painted] = performance.getEntriesByName('first-contentful-paint');
    if (!painted) return null;
    /** @type {PerformanceEntry[]} */
    const largest = await new Promise((resolve) => {
      new PerformanceObserver((list) => resolve(list.getEntries())).observe({ type: 'largest-contentful-paint', buffered: true });
      setTimeout(resolve, 500, []);
    });
    return { origin: performance.timeOrigin, first: painted.startTime, last: largest.at(-1)?.startTime ?? painted.startTime };
  }));
}
