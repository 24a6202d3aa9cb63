/** From an extension that was only just installed to a signature that is tried, and what a site can tell meanwhile. */
import assert from 'node:assert/strict';
import { FIRST_RUN, manifest } from './driver.js';
import { inBrowsers, it } from './harness.js';
import { words } from './screen.js';
import { until } from './until.js';

const ANNA = 'anna-rsa2048';
/** For so long one look for the host answers all sites (`extension/host_status.js`), in milliseconds. */
const STATUS_LIFETIME = 5_000;

/** The person comes back to the page. Browsers without a screen do not always say so. @param {import('./screen.js').Screen} page */
async function comesBack({ page }) {
  await page.bringToFront();
  await page.evaluate(() => void dispatchEvent(new Event('focus')));
}

/** What `tamga.status` says to a page. @param {import('puppeteer-core').Page} page */
const statusOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).tamga.status());

inBrowsers('the first steps', [ANNA], (world) => {
  it('a page opens by itself, and leads from nothing to a signature that is right', async () => {
    const page = await world.browser.opened(FIRST_RUN);
    await page.reads(words('error_HOST_MISSING'));
    await page.reads('tamga-host register');
    await page.reads(words('first_run_after_program'));
    world.browser.register();
    await comesBack(page);
    await page.reads('Анна Сергеевна Иванова');
    await page.reads(words('first_run_keys_found', { tokens: '0', containers: '0', files: '1' }));

    await page.press(words('button_try_signature'));
    let window = await world.browser.signWindow();
    await window.reads(words('own_page_asks'));
    await window.asks();
    await window.press(words('button_not_now'));
    await page.reads(words('first_run_not_signed'));
    await comesBack(page);

    // It asks again at once, and each time.
    await page.press(words('button_try_signature'));
    window = await world.browser.signWindow();
    await window.reads(words('own_page_asks'));
    await window.allowOnce();
    await window.reads('Tamga.txt');
    await window.sign(world.people.password(ANNA));
    await page.reads(words('first_run_right'));
    await page.reads(words('first_run_done'));
    await window.closed();
    assert.deepEqual(await world.grants(), []);
  });

  it('what a host that is gone leaves undone is said, and where to go', async () => {
    world.browser.register();
    const page = await world.browser.extensionPage(FIRST_RUN);
    await page.reads('Анна Сергеевна Иванова');
    await page.press(words('button_diagnosis'));
    const diagnosis = await world.browser.opened('diagnosis/diagnosis.html');
    await diagnosis.reads(words('diagnosis_report'));
  });

  it('a site with a frame of that page gets no window', async () => {
    const page = await world.page();
    const framed = await page.evaluate((address) => new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.src = address;
      frame.onload = () => resolve(frame.contentDocument === null ? 'foreign' : frame.contentDocument?.location.href);
      frame.onerror = () => resolve('refused');
      document.body.append(frame);
      setTimeout(() => resolve('nothing'), 2_000);
    }), world.browser.extensionUrl(FIRST_RUN));
    assert.ok(!String(framed).includes('first_run'), String(framed));
    assert.deepEqual(await world.browser.signWindows(), []);
  });
}, { registered: false, firstRun: true });

inBrowsers('a site', [], (world) => {
  // What a page hears that the person has not touched: permission.test.js.
  it('can tell an extension without its program from nothing at all', async () => {
    const nothing = { apiVersion: 1, extensionVersion: null, hostVersion: null, problem: null };
    const page = await world.page();
    const extensionVersion = manifest().version;
    assert.deepEqual(await statusOf(page), { ...nothing, extensionVersion, problem: 'HOST_MISSING' });
    world.browser.register();
    await until('the site hears of the program', async () => (await statusOf(page)).problem === null, 2 * STATUS_LIFETIME);
    assert.deepEqual(await statusOf(page), { ...nothing, extensionVersion, hostVersion: extensionVersion });
  });

  it('the popup leads to the first steps while there is nothing to sign with', async () => {
    world.browser.register();
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('no_certificates'));
    await popup.press(words('button_first_run'));
    const page = await world.browser.opened(FIRST_RUN);
    await page.reads(words('first_run_after_key'));
    await page.press(words('button_add_key'));
    await (await world.browser.optionsPage()).reads(words('options_title'));
  });
}, { registered: false });
