/** The options: keys are added, removed and given other passwords, folders are chosen, everything is deleted. */
import assert from 'node:assert/strict';
import { X509Certificate, createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ROOT } from './driver.js';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { counted, words } from './screen.js';
import { until } from './until.js';

const REQUEST = { documents: [{ name: 'a.txt', text: 'text' }] };
const ANNA = 'anna-rsa2048';
const AIGUL = 'aigul-p256';
const DIRECTOR = 'pavel-director';
/** Data of other projects, which is beside the workspace or nowhere. */
const VECTORS = process.env.TAMGA_VECTORS ?? path.resolve(ROOT, '../shared/vectors');
/** What the person chooses in the dialog for folders, and where the program is that shows it. */
const HOME = mkdtempSync(path.join(tmpdir(), 'tamga-folder-'));
const CHOSEN = path.join(HOME, 'ключи 2026');
const PROGRAMS = path.join(HOME, 'programs');

inBrowsers('options', [ANNA, AIGUL], (world) => {
  it('an authority is trusted when its fingerprint was compared, and no more when the person says so', async () => {
    const file = path.join(world.people.folder, 'root.pem');
    const digest = new X509Certificate(readFileSync(file)).fingerprint256.replaceAll(':', '').toLowerCase();
    const fingerprint = digest.match(/.{4}/g)?.join(' ') ?? '';
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(words('trust_source_system'));
    const pick = async () => (/** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await options.page.$('#authority-file'))).uploadFile(file);
    const sources = () => options.page.$$eval('.trust-source h3', (titles) => titles.map(({ textContent }) => textContent));
    await pick();
    await options.reads(fingerprint);
    await options.press(words('button_do_not_trust'));
    assert.ok(!(await sources()).includes(words('trust_source_person')));

    await pick();
    await options.reads(fingerprint);
    await options.pressUntilTaken('the authority', () => options.page.$('.confirm .row button'));
    await until('it is listed', async () => (await sources()).includes(words('trust_source_person')));
    // What it issued ends at a trusted root now.
    await options.reads(words('verdict_step_nowhere_to_ask'));

    // The others have no buttons.
    await options.page.$eval('.trust-source:has(button) summary', (summary) => /** @type {HTMLElement} */ (summary).click());
    await options.pressUntilTaken('the removal', () => options.page.$('.trust-source .row button'));
    await options.press(words('button_distrust'));
    await until('it is not listed', async () => !(await sources()).includes(words('trust_source_person')));
  });

  it('national lists are imported, say what they are good for and that they are out of date, and are removed', async () => {
    const lists = ['eu-lotl.xml', 'tsl-ee.xml'].map((name) => path.join(VECTORS, 'trust/eu', name));
    if (!lists.every(existsSync)) return console.log('SKIPPED: no vectors (set TAMGA_VECTORS)');
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(words('trust_source_system'));
    const pick = async (/** @type {string} */ file) => (/** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (await options.page.$('#list-file'))).uploadFile(file);
    const [lotl, estonia] = /** @type {[string, string]} */ (lists);
    // A country's list is signed by whom the list of lists names.
    await pick(estonia);
    await options.reads(words('error_TRUST_LIST_UNTRUSTED').slice(0, 30));
    await pick(lotl);
    await options.reads(words('list_kept'));
    await pick(estonia);
    const titles = () => options.page.$$eval('.trust-source', (sources) => sources.map(({ textContent }) => textContent ?? ''));
    const kept = () => titles().then((all) => all.filter((it) => it.includes('eu-lotl.xml') || it.includes('tsl-ee.xml')));
    await until('both are kept', async () => (await kept()).length === 2);
    const [signers, anchors] = (await kept()).sort((one) => (one.includes('eu-lotl.xml') ? -1 : 1));
    assert.ok(signers?.includes(words('list_role_signers')) && anchors?.includes(words('list_role_anchors')));
    assert.ok(anchors?.includes(counted('trust_count', 37)), anchors);
    assert.ok(anchors?.includes(words('error_TRUST_LIST_OUTDATED')));
    for (const left of [1, 0]) {
      await options.page.$$eval('.trust-source details:not([open]):has(.start) summary', (all) => all.forEach((it) => /** @type {HTMLElement} */ (it).click()));
      await options.pressUntilTaken('the removal', () => options.page.$('.trust-source .start button'));
      await options.press(words('button_remove_list'));
      await until('it is removed', async () => (await kept()).length === left);
    }
    // An address is asked for only by a press, and never inside.
    const asked = await options.page.$('#list-address');
    await /** @type {import('puppeteer-core').ElementHandle} */ (asked).type('http://10.0.0.1/list.xml');
    await options.press(words('button_fetch_list'));
    await options.reads(words('error_ADDRESS_REFUSED'));
  });

  it('a key file is picked and added with its password, signs, and is removed', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads('anna-rsa2048.p12');
    const picker = await options.page.$('#file');
    await /** @type {import('puppeteer-core').ElementHandle<HTMLInputElement>} */ (picker).uploadFile(world.people.file('emily-p521'));
    await options.find('password', words('file_password'));
    const password = () => options.page.$('#password');
    await options.fill(password, 'wrong');
    await options.press(words('button_add_file'));
    await options.reads(words('error_PASSWORD_WRONG').slice(0, 20));
    await options.fill(password, world.people.password('emily-p521'));
    await options.press(words('button_add_file'));
    await options.reads('Emily Carter');

    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose('emily-p521');
    await window.sign(world.people.password('emily-p521'));
    const { items } = await answer;
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.from('text'), cades: true }).accepted);

    await options.page.bringToFront();
    await unfold(options, 'emily-p521.p12');
    await options.press(words('remove_file', { name: 'emily-p521.p12' }));
    await options.press(words('button_confirm_removal'));
    await until('the file is gone', () => options.page.$$eval('li.card', (cards) => !cards.some((card) => card.textContent?.includes('Emily'))));
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна');
    assert.ok(!(await popup.text()).includes('Emily'));
  });

  it('a file without a key is named before a password is asked for', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(`${ANNA}.p12`);
    const picker = /** @type {any} */ (await options.page.$('#file'));
    await picker.uploadFile(`${world.people.folder}/root.pem`);
    await options.reads(words('certificate_alone', { name: 'root.pem' }));
    assert.ok(!(await options.has('password', words('file_password'))));
    // An authority's has no key here.
    await options.press(words('button_add_certificate'));
    await options.reads(`root.pem: ${words('error_CERTIFICATE_UNFIT')}`);
  });

  it('a file is dropped on the page; two at once, or a folder, are not taken', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(`${ANNA}.p12`);
    await drop(options, ['a.p12', 'b.p12']);
    await options.reads(words('files_one_by_one'));
    await drop(options, ['contract.pdf'], '%PDF-1.7');
    await options.reads(`contract.pdf: ${words('error_FILE_IS_DOCUMENT')}`);
  });

  it('a proxy is named in the settings, and the host keeps it', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    const choice = 'select[aria-labelledby="proxy"]';
    const field = '#proxy-address';
    await until('the choice is there', () => options.page.$(choice));
    await options.page.$eval('details:has(#proxy) > summary', (it) => /** @type {HTMLElement} */ (it).click());
    await options.page.select(choice, 'own');
    const names = async (/** @type {string} */ address) => {
      await options.fill(() => options.page.$(field), address);
      await options.page.keyboard.press('Tab');
    };
    await names('socks5://proxy.example:1080');
    await options.reads(words('error_PROXY_MALFORMED'));
    await names('proxy.example:3128');
    await until('it is taken', async () => !(await options.text()).includes(words('error_PROXY_MALFORMED')));
    const again = await world.browser.extensionPage('options/options.html');
    const kept = () => again.page.$eval(field, (it) => /** @type {HTMLInputElement} */ (it).value).catch(() => null);
    await until('it is kept', async () => (await kept()) === 'proxy.example:3128');
    await again.page.select(choice, 'system');
    await until('it is taken back', async () => (await kept()) === null);
  });

  it('with the keyboard alone, from the popup to another password', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('Анна');
    await tabTo(popup, words('button_options'));
    await popup.key('Enter');
    const options = await world.browser.optionsPage();
    await options.reads(`${AIGUL}.p12`);
    await tabTo(options, 'Айгүл');
    await options.page.keyboard.press('Enter');
    await tabTo(options, words('button_change_password'));
    await options.page.keyboard.press('Enter');
    const [present, next] = [world.people.password(AIGUL), 'another password'];
    await type(options, ['not this one', next, next]);
    await options.reads(words('error_PASSWORD_WRONG'));
    await type(options, [present, next, next]);
    await options.reads(words('password_changed', { name: `${AIGUL}.p12` }));

    const answer = sign(await world.page(), REQUEST);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(AIGUL);
    await window.sign(present);
    await window.reads(words('error_PASSWORD_WRONG'));
    await window.sign(next);
    const { items } = await answer;
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.from('text'), cades: true }).accepted);
  });

  it('a damaged key file is named, and removed', async () => {
    const file = path.join(world.browser.environment.TAMGA_HOME, 'keys/00000000deadbeef');
    writeFileSync(`${file}.p12`, 'damaged');
    writeFileSync(`${file}.json`, JSON.stringify({ name: 'old.p12', keys: [{ certificate: '?', chain: [] }] }));
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads('old.p12: ');
    await options.press(words('remove_file', { name: 'old.p12' }));
    await options.press(words('button_confirm_removal'));
    await until('it is gone', async () => !(await options.text()).includes('old.p12'));
    assert.ok(!existsSync(`${file}.p12`) && !existsSync(`${file}.json`));
    await options.reads('anna-rsa2048.p12');
  });

  it('what was signed is shown, found, saved and deleted', async () => {
    const signs = async (/** @type {string} */ name) => {
      const answer = sign(await world.page(), { documents: [{ name, text: 'text' }] });
      const window = await world.browser.signWindow();
      await window.allowOnce();
      await window.choose(ANNA);
      await window.sign(world.people.password(ANNA));
      const { items } = await answer;
      assert.ok(!JSON.stringify(items).includes('record'));
      await window.closed();
    };
    await signs('Отчёт\u202e.txt');
    const opened = async () => {
      const options = await world.browser.extensionPage('options/options.html');
      await options.reads(words('record_meaning'));
      return options;
    };
    let options = await opened();
    await options.reads('Отчёт[U+202E].txt');
    await options.reads(`Анна Сергеевна Иванова · ${world.site.origin}`);
    await options.reads(createHash('sha256').update('text').digest('hex'));

    const found = async (/** @type {string} */ search) => {
      await options.page.$eval('.record-search', (field) => (/** @type {HTMLInputElement} */ (field).value = ''));
      await options.page.type('.record-search', search);
      await options.page.keyboard.press('Enter');
    };
    await found('отчёт анна');
    await options.reads(words('record_count', { found: '1', total: '' }).trim());
    await found('nobody');
    await options.reads(words('record_not_found'));

    await options.page.evaluate(() => {
      URL.createObjectURL = (blob) => ((/** @type {any} */ (globalThis).saved = blob), 'about:blank');
      HTMLAnchorElement.prototype.click = () => {};
    });
    await options.press(words('button_export_record'));
    const saved = await until('it is saved', () => options.page.evaluate(() => /** @type {any} */ (globalThis).saved?.text()));
    const entry = JSON.parse(saved).at(-1);
    assert.equal(entry.document, 'Отчёт\u202e.txt');
    assert.equal(entry.origin, world.site.origin);

    await options.page.click('#record-on');
    await options.reads(words('record_off'));
    await signs('untold.txt');
    options = await opened();
    await options.reads('Отчёт[U+202E].txt');
    assert.ok(!(await options.text()).includes('untold.txt'));
    await options.press(words('button_delete_record'));
    await options.press(words('button_confirm_record_deletion'));
    await options.reads(words('record_none'));
    await options.page.click('#record-on');
    await until('it is on', () => options.page.$('#record-on:checked'));
  });

  it('what the site may do is said', async () => {
    await world.grant(world.always());
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(new URL(world.site.origin).host);
    await options.reads(words('grant_sign_always'));
  });
});

inBrowsers('folders', [ANNA], (world) => {
  it('a folder with containers is chosen in a dialog of the system, and forgotten', async () => {
    const options = await world.browser.extensionPage('options/options.html');
    await options.reads(words('no_containers'));
    await options.press(words('button_choose_folder'));
    await options.reads(counted('folder_added', 1));
    await options.reads('Павел');
    await options.press(words('forget_folder', { name: CHOSEN }));
    await options.reads(words('no_containers'));
  });

  it('everything is deleted that Tamga keeps', async () => {
    await world.grant(world.always());
    const options = await world.browser.extensionPage('options/options.html');
    await options.page.select('select', 'en');
    await options.press(words('button_choose_folder'));
    await options.reads(counted('folder_added', 1));
    await options.reads(`${ANNA}.p12`);
    const before = readdirSync(path.join(CHOSEN, `${DIRECTOR}.000`));
    await options.press(words('button_delete_everything'));
    await options.press(words('button_confirm_deletion'));
    await options.reads(words('everything_deleted'));
    await options.reads(words('no_key_files'));
    await options.reads(words('no_grants'));
    await options.reads(words('no_containers'));
    const stored = await options.page.evaluate(() => (globalThis.browser ?? chrome).storage.local.get(null));
    assert.deepEqual(stored, {});
    assert.deepEqual(filesIn(world.browser.environment.TAMGA_HOME), []);
    assert.deepEqual(readdirSync(path.join(CHOSEN, `${DIRECTOR}.000`)), before);
  });
}, {
  prepare: async (people) => {
    mkdirSync(PROGRAMS, { recursive: true });
    cpSync(people.file(DIRECTOR), path.join(CHOSEN, `${DIRECTOR}.000`), { recursive: true });
    writeFileSync(path.join(PROGRAMS, 'zenity'), `#!/bin/sh\necho '${CHOSEN}'\n`, { mode: 0o755 });
    return { PATH: `${PROGRAMS}:${process.env.PATH}` };
  },
});

/**
 * Opens what there is to know about the key in this file.
 *
 * @param {import('./screen.js').Screen} options
 * @param {string} file
 */
async function unfold(options, file) {
  await options.page.$$eval('li.card summary', (summaries, file) => {
    const summary = summaries.find(({ textContent }) => textContent?.includes(file));
    /** @type {HTMLElement | undefined} */ (summary)?.click();
  }, file);
}

/**
 * Drops files of these names.
 *
 * @param {import('./screen.js').Screen} options
 * @param {string[]} names
 */
async function drop(options, names, content = '') {
  await options.page.evaluate((names, content) => {
    const dataTransfer = new DataTransfer();
    for (const name of names) dataTransfer.items.add(new File([content], name));
    const target = /** @type {Element} */ (document.querySelector('main'));
    for (const type of ['dragover', 'drop']) target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
  }, names, content);
}

/**
 * Presses Tab until the keyboard is at something that says this.
 *
 * @param {import('./screen.js').Screen} screen
 * @param {string} wanted
 */
async function tabTo({ page }, wanted) {
  for (let presses = 0; presses < 60; presses += 1) {
    const at = await page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector(':focus'))?.innerText ?? '');
    if (at.includes(wanted)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to “${wanted}”`);
}

/**
 * Types secrets into the fields from the one on that has the keyboard; between two there is a button. Submits with Enter.
 *
 * @param {import('./screen.js').Screen} screen
 * @param {string[]} secrets
 */
async function type({ page }, secrets) {
  await until('the keyboard is in the first field', () => page.evaluate(() => document.activeElement?.id === 'present-password'));
  for (const [index, secret] of secrets.entries()) {
    if (index > 0) for (const _ of ['the button', 'the next field']) await page.keyboard.press('Tab');
    await page.evaluate(() => /** @type {HTMLInputElement} */ (document.activeElement).select());
    await page.keyboard.type(secret);
  }
  await page.keyboard.press('Enter');
}

/** @param {string} folder @returns {string[]} the files in it and below that say something: what only is there to be locked is empty */
function filesIn(folder) {
  const files = readdirSync(folder, { recursive: true }).map((file) => path.join(folder, `${file}`));
  return files.map((file) => ({ file, stat: statSync(file) })).filter(({ stat }) => stat.isFile() && stat.size > 0).map(({ file }) => file);
}
