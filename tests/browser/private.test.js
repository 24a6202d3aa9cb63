/** Private windows: the window comes up there, and nothing that is decided in them is kept or shared. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { privatePage } from './private_windows.js';
import { words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const ANNA = 'anna-rsa2048';

inBrowsers('private windows', [ANNA], (world) => {
  /** @returns {Promise<any>} what is on the disk */
  const stored = () => world.settings.page.evaluate(() => (globalThis.browser ?? chrome).storage.local.get(null));

  it('the sign window is a private one, and what is decided there stays there', async () => {
    await world.grant(world.always());
    // The popup outside stores until when the certificates are valid that it lists.
    await until('it has', async () => 'terms' in (await stored()));
    const before = await stored();
    // Before: Firefox's driver opens tabs in the window that was used last.
    const outside = await world.page();
    const page = await privatePage(world, `${world.site.origin}/blank?private`);
    assert.equal((await page.evaluate(() => tamga.status())).problem, null);
    const first = sign(page, REQUEST);
    let window = await world.browser.signWindow();
    await window.asks();
    await window.reads(words('ask_private_meaning'));
    assert.equal(await window.page.evaluate(() => (globalThis.browser ?? chrome).extension.inIncognitoContext), true);
    for (const button of ['button_always', 'button_never']) assert.equal(await window.has('button', words(button)), null);
    await window.allowOnce();
    await window.sign(world.people.password(ANNA));
    assert.equal((await first).items?.length, 1);
    await window.closed();

    const second = sign(page, REQUEST);
    window = await world.browser.signWindow();
    await window.press(words('button_not_now'));
    assert.equal((await second).code, 'PERMISSION_DENIED');
    await world.browser.noSignWindow();
    assert.equal((await sign(page, REQUEST)).code, 'PERMISSION_DENIED');
    assert.deepEqual(await stored(), before);

    // Outside, the site may always ask, as before.
    // As the person does by clicking on that window; the driver's click does not change windows.
    await world.settings.page.evaluate(async () => {
      const { windows } = globalThis.browser ?? chrome;
      await windows.update(/** @type {number} */ ((await windows.getCurrent()).id), { focused: true });
    });
    const third = sign(outside, REQUEST);
    window = await world.browser.signWindow();
    await window.sign(world.people.password(ANNA));
    assert.equal((await third).items?.length, 1);
    await window.closed();

    // With the last private window all of it is gone.
    await page.close();
    const later = await privatePage(world, `${world.site.origin}/blank?later`);
    const fourth = sign(later, REQUEST);
    window = await world.browser.signWindow();
    await window.asks();
    await window.close();
    await fourth;
  });
}, { inPrivateWindows: true });

inBrowsers('no private windows', [], (world) => {
  it('the popup says once that they need a permission of the browser', async () => {
    await world.settings.reads(words('private_not_allowed'));
    const again = await world.browser.extensionPage('popup/popup.html');
    await again.reads(words('no_certificates'));
    assert.ok(!(await again.text()).includes(words('private_not_allowed')));
  });
});
