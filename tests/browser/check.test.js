/** The page on which signatures are checked: a good one, a changed document, one that cannot be checked, a document taken out. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inBrowsers, it } from './harness.js';
import { words } from './screen.js';

const MARY = 'anna-rsa2048';
const FOLDER = mkdtempSync(path.join(tmpdir(), 'tamga-check-'));
const DOCUMENT = 'Договор, который подписан.\r\n';

inBrowsers('check', [], (world) => {
  /** Files of this test. @param {string} name @param {string | Buffer} [content] */
  const file = (name, content) => {
    const file = path.join(FOLDER, name);
    if (content !== undefined) writeFileSync(file, content);
    return file;
  };
  /** Anna signs. @param {string} out @param {...string} options */
  const sign = (out, ...options) => {
    const p12 = ['pkcs12', '-in', world.people.file(MARY), '-passin', `pass:${world.people.password(MARY)}`, '-nodes', '-legacy', '-out', file('anna.pem')];
    try {
      execFileSync('openssl', p12, { stdio: 'ignore' });
    } catch {
      execFileSync('openssl', p12.filter((it) => it !== '-legacy'), { stdio: 'ignore' });
    }
    execFileSync('openssl', ['cms', '-sign', '-binary', '-in', file('contract.txt'), '-outform', 'DER', '-signer', file('anna.pem'), '-out', file(out), ...options]);
    return file(out);
  };
  /** @param {...string} files */
  const check = async (...files) => {
    const page = await world.browser.extensionPage('check/check.html');
    await page.reads(words('check_choose'));
    const picker = /** @type {any} */ (await page.page.$('#file'));
    await picker.uploadFile(...files);
    return page;
  };

  it('a signature and its document find each other, whatever they are called', async () => {
    file('contract.txt', DOCUMENT);
    const signature = sign('contract.txt.sig');
    const renamed = file('letter.txt', DOCUMENT);
    const page = await check(file('notes.txt', 'nobody signed this'), renamed, signature);
    await page.reads(words('check_document_content', { name: 'letter.txt' }));
    await page.reads(words('check_untrusted'));
    await page.reads(words('check_unsigned', { names: 'notes.txt' }));
    assert.ok((await page.text()).includes('Анна'));
  });

  it('a changed document is told, and a missing one', async () => {
    const page = await check(file('contract.txt', `${DOCUMENT}!`), file('contract.txt.sig'));
    await page.reads(words('check_content_changed'));
    await page.press(words('check_again'));
    const picker = /** @type {any} */ (await page.page.$('#file'));
    await picker.uploadFile(file('contract.txt.sig'));
    await page.reads(words('check_content_missing'));
  });

  it('the document is taken out of a signature that it is inside of', async () => {
    file('contract.txt', DOCUMENT);
    const page = await check(sign('contract.txt.p7m', '-nodetach'));
    await page.reads(words('check_document_inside'));
    const saved = page.page.evaluate(() => new Promise((resolve) => {
      const create = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob) => {
        /** @type {Blob} */ (blob).text().then(resolve);
        return create(/** @type {Blob} */ (blob));
      };
    }));
    await page.press(words('check_extract'));
    assert.equal(await saved, DOCUMENT);
    await page.reads(words('check_extracted'));
  });
});
