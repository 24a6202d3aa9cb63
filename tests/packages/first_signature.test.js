/** From the package to the first signature: nothing is registered or configured in between. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { inBrowsers, it } from '../browser/harness.js';
import { sign } from '../browser/page.js';

const TEXT = 'Договор № 7\n';
const SIGNER = 'anna-rsa2048';

inBrowsers('the installed package', [SIGNER], (world) => {
  async function signs() {
    const answer = sign(await world.page(), { documents: [{ name: 'contract.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(SIGNER);
    await window.sign(world.people.password(SIGNER));
    const { items } = await answer;
    const verdict = world.people.verify(items[0].signature, { content: Buffer.from(TEXT), cades: true });
    assert.ok(verdict.accepted, verdict.output);
  }

  it('signs', signs);

  it('goes on signing after it was replaced under an open browser', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    execFileSync('dpkg', ['-i', process.env.TAMGA_PACKAGE ?? '']);
    await signs();
    await popup.page.close();
  });
});
