/**
 * From the package to the first signature, and through an upgrade and a removal: nothing is registered or configured in
 * between. The extension comes by the administrator's policy, from the files of one's own server.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { after } from 'node:test';
import { inBrowsers, it } from '../browser/harness.js';
import { sign } from '../browser/page.js';
import { words } from '../browser/screen.js';

const TEXT = 'Договор № 7\n';
const SIGNER = 'anna-rsa2048';
/** The longest from the package to the signature, in milliseconds: a person who installs it waits for that. */
const LONGEST = 60_000;

let start = 0;

const dpkg = (/** @type {string[]} */ ...words) => execFileSync('dpkg', words, { stdio: ['ignore', 'ignore', 'inherit'] });
const install = () => dpkg('-i', process.env.TAMGA_PACKAGE ?? '');
const remove = () => dpkg('-r', 'tamga');

/** As a person installs it: with what it depends on. */
async function installFirst() {
  start = Date.now();
  execFileSync('apt-get', ['install', '-qq', '-y', '--no-install-recommends', process.env.TAMGA_PACKAGE ?? ''], { stdio: ['ignore', 'ignore', 'inherit'] });
  return {};
}

inBrowsers('the installed package', [SIGNER], (world) => {
  after(remove);

  /** Asks for a signature, and does something else while the window is open. */
  async function signs(meanwhile = () => {}) {
    const answer = sign(await world.page(), { documents: [{ name: 'contract.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(SIGNER);
    meanwhile();
    await window.sign(world.people.password(SIGNER));
    const { items } = await answer;
    const verdict = world.people.verify(items[0].signature, { content: Buffer.from(TEXT), cades: true });
    assert.ok(verdict.accepted, verdict.output);
    await world.browser.noSignWindow();
  }

  it('signs', async () => {
    await signs();
    const took = Date.now() - start;
    console.log(`From the package to the first signature in ${world.name}: ${(took / 1000).toFixed(1)} s`);
    assert.ok(took < LONGEST);
  });

  it('goes on signing in a window that was open while the package was replaced, and in the next', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await signs(install);
    await signs();
    await popup.page.close();
  });

  it('says after its removal that the program is missing, and signs when it is there again', async () => {
    remove();
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_HOST_MISSING'));
    await popup.page.close();
    install();
    await signs();
  });
}, { prepare: installFirst });
