/** A click becomes a signature that OpenSSL accepts. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { inBrowsers, it } from './harness.js';
import { getCertificate, pattern, sign } from './page.js';
import { counted, ofDocument, words } from './screen.js';
import { until } from './until.js';

const TEXT = 'Договор № 7 · Келісімшарт № 7 · Contract No. 7\n';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC';
const PDF = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>
`;

const PEOPLE = ['anna-rsa2048', 'boris-rsa3072', 'aigul-p256', 'daniyar-p384', 'emily-p521', 'john-legacy', 'asel-nopassword'];

inBrowsers('signing', [...PEOPLE, 'timur-two', 'oleg-expired', 'vera-encryption', 'peter-future'], (world) => {
  /** Lets a person sign what a new page of the site asks for. */
  async function signed(person, request) {
    const page = await world.page();
    const answer = sign(page, request);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(person);
    await window.sign(world.people.password(person));
    return { ...(await answer), page, window };
  }

  for (const person of PEOPLE) {
    it(`${person} signs, detached, CAdES-BES`, async () => {
      const { items, certificate, window } = await signed(person, { documents: [{ name: 'contract.txt', text: TEXT }] });
      const verdict = world.people.verify(items[0].signature, { content: Buffer.from(TEXT), cades: true });
      assert.ok(verdict.accepted, verdict.output);
      assert.equal(items[0].name, 'contract.txt');
      const expected = new X509Certificate(readFileSync(path.join(world.people.folder, `${person}.pem`)));
      assert.deepEqual(Buffer.from(certificate.der, 'base64'), expected.raw);
      assert.ok(certificate.chain.length > 0);
      await window.closed();
    });
  }

  for (const [format, detached, pss, person] of [
    ['cms', true, false, 'anna-rsa2048'],
    ['cms', false, false, 'aigul-p256'],
    ['cades-bes', false, true, 'anna-rsa2048'],
    ['cades-bes', false, false, 'emily-p521'],
  ]) {
    it(`${format}, ${detached ? 'detached' : 'attached'}${pss ? ', PSS' : ''}, by ${person}`, async () => {
      const { items } = await signed(person, { format, detached, pss, documents: [{ name: 'a.txt', text: TEXT }] });
      const cades = format === 'cades-bes';
      const verdict = world.people.verify(items[0].signature, { cades, ...(detached && { content: Buffer.from(TEXT) }) });
      assert.ok(verdict.accepted, verdict.output);
      assert.equal(verdict.content.toString(), TEXT);
      // The verifier is no rubber stamp.
      assert.ok(!world.people.verify(flip(items[0].signature), { cades, content: detached ? Buffer.from(TEXT) : undefined }).accepted);
    });
  }

  it('both keys of one file sign', async () => {
    const page = await world.page();
    for (const type of ['RSA', 'EC']) {
      const chosen = getCertificate(page, { keyTypes: [type] });
      let window = await world.browser.signWindow();
      await window.allowOnce();
      await window.choose('timur-two');
      await window.press(words('button_release'));
      const { id } = await chosen;
      await window.closed();
      const answer = sign(page, { certificate: id, documents: [{ name: 'a.txt', text: TEXT }] });
      window = await world.browser.signWindow();
      await window.allowOnce();
      await window.sign(world.people.password('timur-two'));
      const { items, certificate } = await answer;
      assert.equal(certificate.id, id);
      assert.ok(world.people.verify(items[0].signature, { content: Buffer.from(TEXT), cades: true }).accepted);
      await window.closed();
    }
  });

  it('a digest made elsewhere is labelled as such, and signed', async () => {
    const page = await world.page();
    const value = await page.evaluate(async (text) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))], TEXT);
    const answer = sign(page, { hashes: [{ name: 'elsewhere.pdf', algorithm: 'SHA-256', value: Buffer.from(value).toString('hex') }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose('anna-rsa2048');
    await window.reads(words('blind'));
    await window.types(world.people.password('anna-rsa2048'));
    await window.press(words('button_sign_blind'));
    const { items } = await answer;
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.from(TEXT), cades: true }).accepted);
  });

  it('an attached signature of more than 1 MiB arrives whole', async () => {
    const size = (3 << 20) + 5;
    const { items } = await signed('anna-rsa2048', { detached: false, documents: [{ name: 'large.bin', size }] });
    const verdict = world.people.verify(items[0].signature, { cades: true });
    assert.ok(verdict.accepted, verdict.output);
    assert.ok(verdict.content.equals(pattern(size)));
  });

  it('a hundred documents take one password, and come back in order', async () => {
    const documents = Array.from({ length: 100 }, (_, index) => ({ name: `document-${index}.txt`, text: `Text ${index}` }));
    const { items, progress } = await signed('anna-rsa2048', { documents });
    assert.deepEqual(items.map(({ name }) => name), documents.map(({ name }) => name));
    for (const index of [0, 57, 99]) {
      assert.ok(world.people.verify(items[index].signature, { content: Buffer.from(documents[index].text), cades: true }).accepted);
    }
    assert.equal(new Set(items.map(({ signature }) => signature.toString('hex'))).size, 100);
    assert.deepEqual(progress.at(-1), { phase: 'signing', done: 100, total: 100 });
  });

  it('an empty document can be signed', async () => {
    const { items } = await signed('aigul-p256', { documents: [{ name: 'empty.txt', text: '' }] });
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.alloc(0), cades: true }).accepted);
  });

  it('the window says what is signed', async () => {
    const page = await world.page();
    const answer = sign(page, { documents: [{ name: 'contract.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.reads(new URL(world.site.origin).host);
    await window.allowOnce();
    await window.choose('anna-rsa2048');
    await window.reads('contract.txt');
    const digest = await page.evaluate(async (text) => [...new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))], TEXT);
    await window.showDigests();
    await window.reads(Buffer.from(digest).toString('hex'));
    await window.press(ofDocument('button_show_text', 'contract.txt'));
    await window.reads('Келісімшарт № 7');
    await window.close();
    assert.equal((await answer).code, 'CANCELLED');
  });

  /**
   * A file in the page's private file system, which the page can rewrite whenever it likes: Firefox lets whoever holds it
   * read what is in it then.
   *
   * @param {import('puppeteer-core').Page} page
   * @param {string} text
   */
  async function writeOpfs(page, text) {
    await page.evaluate(async (text) => {
      const root = await navigator.storage.getDirectory();
      const handle = await root.getFileHandle('contract.txt', { create: true });
      const writable = await handle.createWritable();
      await writable.write(text);
      await writable.close();
      Object.assign(window, { opfs: /** @type {any} */ (window).opfs ?? (await handle.getFile()) });
    }, text);
  }

  for (const detached of [true, false]) {
    it(`a file that the page rewrites after it was read is shown and signed as it was read${detached ? '' : ', attached'}`, async () => {
      const [before, after] = ['Pay 100 to Anna', 'Pay 900 to Otto'];
      const page = await world.page();
      await writeOpfs(page, before);
      const answer = sign(page, { detached, documents: [{ name: 'contract', text: undefined }] });
      const window = await world.browser.signWindow();
      await window.allowOnce();
      await window.choose('anna-rsa2048');
      const look = ofDocument('button_show_text', 'contract');
      await window.find('button', look);
      await writeOpfs(page, after);
      await window.press(look);
      await window.reads(before);
      // A key of another digest: it is hashed again, and is still what was shown.
      await window.choose('daniyar-p384');
      await window.showDigests();
      await window.reads('SHA-384');
      await window.reads(before);
      await window.sign(world.people.password('daniyar-p384'));
      const { items } = await answer;
      const verdict = world.people.verify(items[0].signature, { cades: true, ...(detached && { content: Buffer.from(before) }) });
      assert.ok(verdict.accepted, verdict.output);
      assert.equal(verdict.content.toString(), before);
    });
  }

  it('a file that the page rewrites before a copy of it is made is neither saved nor signed', async () => {
    const page = await world.page();
    await writeOpfs(page, 'MZ\0 pays 100 to Anna');
    const answer = sign(page, { documents: [{ name: 'program', text: undefined }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose('anna-rsa2048');
    await window.find('button', ofDocument('button_save_copy', 'program'));
    await writeOpfs(page, 'MZ\0 pays 900 to Otto');
    await window.press(ofDocument('button_save_copy', 'program'));
    await window.fails('CONTENT_CHANGED');
    await window.press(words('button_close'));
    assert.equal((await answer).code, 'CONTENT_CHANGED');
  });

  it('content decides what can be looked at, and the window counts what was not', async () => {
    const documents = [
      { name: 'really a page.txt', base64: Buffer.from(PDF).toString('base64') },
      { name: 'really text.pdf', text: TEXT },
      { name: 'picture', base64: PNG },
      { name: 'drawing.png', text: '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>' },
      { name: 'program.txt', base64: Buffer.from('MZ\x90\0\x03\0').toString('base64') },
    ];
    const page = await world.page();
    const answer = sign(page, { documents });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose('anna-rsa2048');
    const unseen = (/** @type {number} */ count) => window.reads(words('not_looked_at', { count: `${count}`, total: '5' }));
    await unseen(5);
    await window.press(counted('more_documents', 1));
    await window.reads(words('button_save_copy'));
    const rows = await window.page.$$eval('.documents .row', (rows) => rows.map((row) => row.querySelector('button')?.textContent ?? ''));
    const [text, tab] = [words('button_show_text'), words('button_view')];
    assert.deepEqual(rows, [tab, text, tab, text, words('button_save_copy')]);
    const open = (/** @type {number} */ row) => window.page.$$eval('.documents .row', (rows, row) => rows[row].querySelector('button')?.click(), row);
    for (const [row, type, left] of /** @type {const} */ ([[0, 'application/pdf', 4], [2, 'image/png', 3]])) {
      await open(row);
      await unseen(left);
      const shown = await until(`a tab shows ${type}`, async () => {
        for (const page of await world.browser.puppeteer.pages()) {
          const [address, contentType] = await page.evaluate(() => [location.href, document.contentType]).catch(() => ['', '']);
          if (address.startsWith('blob:') && contentType === type) return page;
        }
      });
      await shown.close();
    }
    // SVG is text: nothing in it runs.
    await open(3);
    await window.reads('onload="alert(1)"');
    await unseen(2);
    await window.close();
    await answer;
  });

  it('certificates that cannot sign are greyed, with the reason, and refused', async () => {
    const page = await world.page();
    const answer = sign(page, { documents: [{ name: 'a.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose('anna-rsa2048');
    for (const [person, reason] of [['oleg-expired', 'expired_on'], ['peter-future', 'valid_from'], ['vera-encryption', 'error_CERTIFICATE_UNFIT']]) {
      const { text, disabled, card } = await window.certificate(person);
      assert.ok(disabled, person);
      assert.ok(text.includes(words(reason).trim()), text);
      await card.click();
      assert.equal(await card.$eval('input', (radio) => radio.checked), false);
    }
    await window.close();
    await answer;
    await world.grant(world.always());
    const der = new X509Certificate(readFileSync(path.join(world.people.folder, 'oleg-expired.pem')));
    const named = sign(page, { certificate: der.fingerprint256.replaceAll(':', '').toLowerCase(), documents: [{ name: 'a.txt', text: TEXT }] });
    const refusing = await world.browser.signWindow();
    await refusing.fails('CERTIFICATE_EXPIRED');
    await refusing.press(words('button_close'));
    assert.equal((await named).code, 'CERTIFICATE_EXPIRED');
  });
});

/** The same signature with one bit of its value turned. */
function flip(signature) {
  const flipped = Buffer.from(signature);
  flipped[flipped.length - 10] ^= 1;
  return flipped;
}
