/** The page of a certificate, and certificates that the person does not want to see in lists. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { Screen, words } from './screen.js';
import { until } from './until.js';

const ANNA = 'anna-rsa2048';
const NAME = 'Анна Сергеевна';

inBrowsers('certificate', [ANNA, 'aigul-p256'], (world) => {
  /** Unfolds the card of somebody. @param {Screen} screen @param {string} name */
  const unfold = async (screen, name) => {
    await screen.reads(name);
    await screen.pressUntilTaken(`the card of ${name}`, async () => {
      const cards = await screen.page.$$('.card summary');
      for (const card of cards) if ((await card.evaluate((it) => it.textContent))?.includes(name)) return card;
      return null;
    });
  };
  /** @param {Screen} screen */
  const folded = (screen) => screen.page.$$eval('details.section:not([open]) .card', (cards) => cards.map((card) => card.textContent).join('\n'));
  const stored = () => world.settings.page.evaluate(async () => {
    const { hiddenCertificates = [] } = await (globalThis.browser ?? chrome).storage.local.get('hiddenCertificates');
    return /** @type {string[]} */ (hiddenCertificates);
  });
  /** The id of somebody's certificate, once it was listed. @param {string} name */
  const idOf = (name) => until('it is listed', () => world.settings.page.evaluate(async (name) => {
    const { terms = {} } = /** @type {any} */ (await (globalThis.browser ?? chrome).storage.local.get('terms'));
    return Object.entries(terms).find(([, { owner }]) => owner.includes(name))?.[0] ?? null;
  }, name));
  /** What is saved under this button. @param {Screen} page @param {string} label */
  const saves = async (page, label) => {
    await page.page.evaluate(() => {
      // The page's policy lets Firefox fetch nothing that the page made.
      const make = URL.createObjectURL;
      URL.createObjectURL = (content) => {
        Object.assign(globalThis, { content });
        return make(content);
      };
      HTMLAnchorElement.prototype.click = function () {
        const { content } = /** @type {any} */ (globalThis);
        const saved = content.arrayBuffer().then((/** @type {ArrayBuffer} */ bytes) => ({ name: this.download, bytes: [...new Uint8Array(bytes)] }));
        Object.assign(globalThis, { saved });
      };
    });
    await page.press(words(label));
    const { name, bytes } = await until('it is saved', () => page.page.evaluate(() => /** @type {any} */ (globalThis).saved));
    return { name, bytes: Buffer.from(bytes) };
  };

  /** Opens the page of somebody's certificate. @param {Screen} screen @param {string} name */
  const opens = async (screen, name) => {
    const before = new Set(await world.browser.puppeteer.pages());
    await screen.press(words('action_of', { action: words('button_certificate'), name }));
    const opened = await until('the page opens', async () => {
      const pages = await world.browser.puppeteer.pages();
      for (const page of pages.filter((page) => !before.has(page))) {
        const address = await page.evaluate(() => location.href).catch(() => '');
        if (address.startsWith(world.browser.extensionUrl('certificate/certificate.html#'))) return page;
      }
      return null;
    });
    return new Screen(opened);
  };

  it('everything about a certificate is a press away from the popup, and it can be saved', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await unfold(popup, NAME);
    const page = await opens(popup, await popup.page.$eval('details[open] .card-owner', (it) => it.textContent ?? ''));
    await page.reads(words('part_technical'));
    await page.reads(words('part_chain'));
    const der = await saves(page, 'button_save_der');
    const certificate = new X509Certificate(der.bytes);
    assert.match(certificate.subject, new RegExp(NAME));
    assert.match(der.name, /\.cer$/);
    const text = (await page.text()).toLowerCase();
    assert.ok(text.includes(certificate.serialNumber.toLowerCase()));
    assert.ok(text.includes(certificate.fingerprint256.replaceAll(':', '').toLowerCase()));
    const pem = await saves(page, 'button_save_pem');
    assert.equal(new X509Certificate(pem.bytes).fingerprint256, certificate.fingerprint256);
    const report = await page.page.$eval('.report', (it) => it.textContent ?? '');
    assert.ok(report.includes(certificate.fingerprint256.replaceAll(':', '').toLowerCase()));
    assert.ok(!report.includes(NAME) && !report.includes(world.browser.home));
  });

  it('a certificate without a key has its page too, which says what that means', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(`${ANNA}.p12`);
    const picker = /** @type {any} */ (await options.page.$('#file'));
    await picker.uploadFile(`${world.people.folder}/emily-p521.pem`);
    await options.reads(words('certificate_alone', { name: 'emily-p521.pem' }));
    await options.press(words('button_add_certificate'));
    await options.reads(words('without_key_title'));
    const page = await opens(options, 'Emily Carter');
    await page.reads(words('certificate_unbound'));
    await page.reads(words('without_key_meaning'));
    await page.reads(words('part_technical'));
    await page.reads(words('verdict_issuer_not_trusted'));
    const der = await saves(page, 'button_save_der');
    assert.match(new X509Certificate(der.bytes).subject, /Emily Carter/);
    await options.page.bringToFront();
    await options.press(words('action_of', { action: words('button_remove'), name: 'Emily Carter' }));
    await until('it is gone', async () => !(await options.text()).includes(words('without_key_title')));
  });

  it('what was found out about a certificate is on its card, on its page and where the person signs', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(NAME);
    // Nobody trusts the authority of the demo's people: that is not "not valid".
    const verdict = words('verdict_issuer_not_trusted');
    await popup.reads(verdict);
    assert.ok(!(await popup.text()).includes(words('verdict_invalid')));
    const id = await idOf(NAME);
    const page = await world.browser.extensionPage(`certificate/certificate.html#${id}`);
    await page.reads(verdict);
    await until('where the chain ends is marked', () => page.page.$('.link.missing, .link.unknown'));
    await world.grant(world.always());
    const answer = sign(await world.page(), { documents: [{ name: 'a.txt', text: 'text' }] });
    const window = await world.browser.signWindow();
    await window.choose(ANNA);
    await window.reads(verdict);
    // It forbids nothing, and nobody is warned of what is only not known.
    assert.equal(await window.page.$('.foot .hint.wrong'), null);
    await window.sign(world.people.password(ANNA));
    assert.equal((await answer).items?.length, 1);
  });

  it('a certificate that is hidden is folded away everywhere, and comes back', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(NAME);
    await unfold(popup, NAME);
    const owner = await popup.page.$eval('details[open] .card-owner', (it) => it.textContent ?? '');
    await popup.press(words('action_of', { action: words('button_hide'), name: owner }));
    await popup.reads(words('section_hidden', { count: '1' }));
    await until('it is folded', async () => (await folded(popup)).includes(NAME));
    await options.reads(words('section_hidden', { count: '1' }));
    assert.equal((await stored()).length, 1);
    await popup.press(words('button_undo'));
    await until('it is back', async () => (await stored()).length === 0);
    await until('it is shown', async () => !(await popup.text()).includes(words('section_hidden', { count: '1' })));
  });

  it('a hidden one is not offered first where the person signs, and can be reached', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(NAME);
    const id = await idOf(NAME);
    await world.settings.page.evaluate((id) => (globalThis.browser ?? chrome).storage.local.set({ hiddenCertificates: [id] }), id);
    await world.grant(world.always());
    const answer = sign(await world.page(), { documents: [{ name: 'a.txt', text: 'text' }] });
    const window = await world.browser.signWindow();
    await window.reads(words('section_hidden', { count: '1' }));
    await until('the other one is chosen', () => window.page.$('.card input:checked'));
    assert.ok((await folded(window)).includes(NAME));
    await window.press(words('button_cancel'));
    assert.equal((await answer).code, 'CANCELLED');
  });
});
