/** Every way to stop in the middle: the page hears of it, nothing is left running, the next click works. */
import assert from 'node:assert/strict';
import { afterEach } from 'node:test';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };

inBrowsers('cancelling', ['anna-rsa2048'], (world) => {
  afterEach(() => until('every host has ended', () => world.hosts().length === 0));

  /** A page whose request has come as far as the password. */
  async function asked() {
    const page = await world.page();
    const answer = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.asksForPassword();
    return { page, answer, window };
  }

  /** @param {import('puppeteer-core').Page} page */
  async function nextClickWorks(page) {
    const answer = sign(page, REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.sign(world.people.password('anna-rsa2048'));
    const { items } = await answer;
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.from('text'), cades: true }).accepted);
  }

  for (const [how, cancel] of /** @type {const} */ ([
    ['closing the window', ({ window }) => window.close()],
    ['the Cancel button', ({ window }) => window.cancel()],
    ['Escape', async ({ window }) => {
      await window.asksForPassword();
      await window.key('Escape');
    }],
    ['an AbortSignal', ({ page }) => page.evaluate(() => /** @type {any} */ (globalThis).abort())],
  ])) {
    it(how, async () => {
      const { page, answer, window } = await asked();
      await cancel({ page, window });
      assert.equal((await answer).code, 'CANCELLED');
      await world.browser.noSignWindow();
      await nextClickWorks(page);
    });
  }

  for (const [how, leave] of /** @type {const} */ ([
    ['closing the tab', (page) => page.close()],
    ['going to another page', (page) => page.goto(`${world.site.otherOrigin}/blank`)],
  ])) {
    it(how, async () => {
      const { page, answer } = await asked();
      answer.catch(() => {});
      await leave(page);
      await world.browser.noSignWindow();
      await nextClickWorks(await world.page());
    });
  }

  it('an AbortSignal that has fired already opens nothing', async () => {
    const page = await world.page();
    const code = await page.evaluate(() => tamga.sign({ documents: [{ name: 'a.txt', content: 'text' }] }, { signal: AbortSignal.abort() }).catch((error) => error.code));
    assert.equal(code, 'CANCELLED');
    assert.equal((await world.browser.signWindows()).length, 0);
  });
});
