/** Measures what the aims are about, and prints a table. `scripts/bench` runs it; with `--start` it measures only how soon our pages are there. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { startUp } from './bench_start.js';
import { mebibytes, median, milliseconds, printTable, row } from './bench_table.js';
import { Cards, obstacle } from './cards.js';
import { Browser, BROWSERS, HOST, ROOT, TARGET, withOnlyModules } from './driver.js';
import { peakMemory, residentMemory } from './memory.js';
import { People } from './people.js';
import { Site } from './site.js';
import { until } from './until.js';

const RUNS = 9;
const SPAWNS = 41;
const STREAMS = 3;
const STREAM_SIZE = process.argv.includes('--fast') ? 256 << 20 : 1 << 30;
/** The least that brings a Blob from a page to a host; we want 0.8 of its speed in the same run. */
const BARE_TRANSPORT = path.join(ROOT, 'scripts/peers/transport');
const SIGNER = 'anna-rsa2048';

/** @param {object} message as native messaging frames it */
function frame(message) {
  const json = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(json.length);
  return Buffer.concat([length, json]);
}

const { version } = JSON.parse(readFileSync(path.join(TARGET, 'extension/manifest.json'), 'utf8'));
const HELLO = frame({ type: 'request', id: 1, command: { type: 'hello', protocol: 1, version } });

/**
 * The time from starting a program to its first byte of an answer, and what it then holds in memory.
 *
 * @param {string} program
 * @param {string[]} words
 * @returns {Promise<{time: number, memory: number}>}
 */
function greet(program, words) {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    const child = spawn(program, words, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TAMGA_HOME: withOnlyModules(path.join(tmpdir(), 'tamga-nobody')) } });
    child.on('error', reject);
    child.stdout.once('data', () => {
      const time = performance.now() - start;
      resolve({ time, memory: residentMemory(Number(child.pid)) });
      child.stdin.end();
    });
    child.stdin.write(HELLO);
  });
}

async function host() {
  /** @type {number[]} */
  const bare = [];
  /** @type {number[]} */
  const ours = [];
  let memory = 0;
  for (let run = 0; run < SPAWNS; run += 1) {
    bare.push((await greet('cat', [])).time);
    const greeting = await greet(HOST, ['chrome-extension://bench/']);
    ours.push(greeting.time);
    memory = Math.max(memory, greeting.memory);
  }
  row('Host: spawn to hello', 'within 5 ms of a bare process', milliseconds(ours));
  row('A bare process (cat): spawn to echo', '', milliseconds(bare));
  row('Host: more than a bare process', '5 ms', `${(median(ours) - median(bare)).toFixed(1)} ms`);
  row('Host: resident memory, idle', '10 MiB', mebibytes(memory));
}

function wasm() {
  for (const [name, what] of [['windows', 'sign window and popup'], ['pages', 'pages in tabs']]) {
    const module = readFileSync(path.join(TARGET, `extension/wasm/tamga_${name}_bg.wasm`));
    row(`WASM, ${what}, raw`, '', `${(module.length / 1000).toFixed(0)} kB`);
    row(`WASM, ${what}, gzip -9`, '300 kB', `${(gzipSync(module, { level: 9 }).length / 1000).toFixed(0)} kB`);
  }
}

/** @param {People} people */
function openssl(people) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tamga-bench-'));
  const [key, document] = [path.join(folder, 'key.pem'), path.join(folder, 'document')];
  writeFileSync(document, 'text');
  const run = (program, ...words) => {
    const start = performance.now();
    const { status, stderr } = spawnSync(program, words);
    if (status !== 0) throw new Error(`${stderr}`);
    return performance.now() - start;
  };
  run('openssl', 'pkcs12', '-in', people.file(SIGNER), '-passin', `pass:${people.password(SIGNER)}`, '-nodes', '-out', key);
  const times = Array.from({ length: RUNS }, () => run('openssl', 'cms', '-sign', '-binary', '-cades', '-outform', 'DER', '-in', document, '-signer', key, '-inkey', key, '-out', path.join(folder, 'signature')));
  row('The same signature by openssl cms -sign', '', milliseconds(times));
  rmSync(folder, { recursive: true });
}

/**
 * A signature as a person makes it; the times are those of one clock, in milliseconds since 1970.
 *
 * @param {Browser} browser
 * @param {import('puppeteer-core').Page} page
 * @param {{count: number, size: number}} documents
 * @param {string} password
 */
async function signature(browser, page, { count, size }, password) {
  const answer = page.evaluate(async (count, size) => {
    const mebibyte = new Uint8Array(1 << 20).fill(7);
    const content = size < 1 << 20 ? 'x'.repeat(size) : new Blob(Array(size >> 20).fill(mebibyte));
    const documents = Array.from({ length: count }, (_, index) => ({ name: `document-${index}.bin`, content }));
    /** @type {any[]} */
    const progress = [];
    /** @type {(step: any) => void} */
    const onProgress = (step) => {
      progress.push({ ...step, at: performance.now() });
      if (step.bytes === step.bytesTotal) dispatchEvent(new Event('read'));
    };
    Object.assign(globalThis, { read: new Promise((resolve) => addEventListener('read', resolve, { once: true })).then(() => {}) });
    const { items } = await tamga.sign({ documents }, { onProgress });
    return { answered: performance.timeOrigin + performance.now(), signed: items.filter(({ signature }) => signature).length, progress };
  }, count, size);
  const window = await browser.signWindow();
  await window.asksForPassword();
  // Nobody asks how far it is: on two cores that would cost a tenth of the speed.
  if (size > 1 << 20) await Promise.race([page.evaluate(() => /** @type {any} */ (globalThis).read), answer]);
  const peak = Math.max(...browser.hosts().map(peakMemory));
  await window.page.evaluate(() => addEventListener('submit', () => Object.assign(globalThis, { submitted: performance.timeOrigin + performance.now() }), { capture: true }));
  await (await window.asksForPassword()).type(password);
  await until('the window has been seen', () => window.page.$('button.primary:enabled'));
  await window.page.keyboard.press('Enter');
  const submitted = await window.page.evaluate(() => /** @type {any} */ (globalThis).submitted);
  const { answered, signed, progress } = await answer;
  if (signed !== count) throw new Error(`Signed were ${signed} of ${count}`);
  await browser.noSignWindow();
  const reading = progress.filter(({ phase, bytes }) => phase === 'reading' && bytes > 0);
  const [first, last] = [reading[0], reading.at(-1)];
  const speed = (last.bytes - first.bytes) / (last.at - first.at) / 1000;
  return { work: answered - submitted, speed, peak };
}

/**
 * @param {string} name
 * @param {People} people
 */
async function inBrowser(name, people) {
  const site = await Site.open();
  const browser = await Browser.open(name, { keys: people.keys(SIGNER) });
  const password = people.password(SIGNER);
  try {
    const settings = await browser.extensionPage('popup/popup.html');
    const grant = { origin: site.origin, scope: 'sign', decision: 'always', since: Date.now(), until: Date.now() + 1e9 };
    await settings.page.evaluate((grants) => (globalThis.browser ?? chrome).storage.local.set({ grants }), [grant]);
    const page = await browser.page(`${site.origin}/blank`);
    const single = [];
    for (let run = 0; run < RUNS; run += 1) single.push((await signature(browser, page, { count: 1, size: 4 }, password)).work);
    row(`${name}: password to signature in the page`, '', milliseconds(single));
    const batch = [];
    for (let run = 0; run < 3; run += 1) batch.push((await signature(browser, page, { count: 100, size: 4 }, password)).work);
    row(`${name}: password to 100 signatures in the page`, '1000 ms', milliseconds(batch));
    await stream(browser, site, password);
  } finally {
    await browser.close();
    site.close();
  }
}

/**
 * A large document, in turn with the bare transport, so that whatever else the machine does slows both.
 *
 * @param {Browser} browser
 * @param {Site} site
 * @param {string} password
 */
async function stream(browser, site, password) {
  await installBareTransport(browser);
  const [ours, bare] = [[], []].map((speeds) => /** @type {number[]} */ (speeds));
  let memory = 0;
  for (let run = 0; run < STREAMS; run += 1) {
    // A page of its own each time: the documents of the others would fill the browser's store.
    const page = await browser.page(`${site.origin}/blank`);
    const { speed, peak } = await signature(browser, page, { count: 1, size: STREAM_SIZE }, password);
    await page.close();
    ours.push(speed);
    memory = Math.max(memory, peak);
    const other = await browser.page(`${site.origin}/blank`);
    bare.push(await bareTransport(other));
    await other.close();
  }
  const size = `${STREAM_SIZE >> 20} MiB`;
  const speeds = (/** @type {number[]} */ values) => `${median(values).toFixed(0)} MB/s (${values.map((speed) => speed.toFixed(0)).join(', ')})`;
  row(`${browser.name}: document of ${size}`, '', speeds(ours));
  row(`${browser.name}: bare transport of ${size}`, '', speeds(bare));
  row(`${browser.name}: document's share of the bare transport`, '0.8', median(ours.map((speed, run) => speed / bare[run])).toFixed(2));
  row(`${browser.name}: host's peak memory while streaming`, '32 MiB', mebibytes(memory));
}

/** @param {Browser} browser */
async function installBareTransport(browser) {
  const id = await browser.puppeteer.installExtension(BARE_TRANSPORT);
  const firefox = browser.name === 'firefox';
  const folder = firefox ? path.join(browser.home, '.mozilla/native-messaging-hosts') : path.join(browser.profile, 'NativeMessagingHosts');
  const allowed = firefox ? { allowed_extensions: [id] } : { allowed_origins: [`chrome-extension://${id}/`] };
  const host = { name: 'org.tamga.bare', description: 'Bare transport', path: path.join(BARE_TRANSPORT, 'host.mjs'), type: 'stdio', ...allowed };
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `${host.name}.json`), JSON.stringify(host));
}

/**
 * @param {import('puppeteer-core').Page} page opened after the extension was installed
 * @returns {Promise<number>} MB/s
 */
async function bareTransport(page) {
  const milliseconds = await page.evaluate(async (size) => {
    const mebibyte = new Uint8Array(1 << 20).fill(7);
    const bare = new Blob(Array(size >> 20).fill(mebibyte));
    return new Promise((resolve) => {
      addEventListener('message', ({ data }) => data.milliseconds && resolve(data.milliseconds));
      postMessage({ bare }, '*');
    });
  }, STREAM_SIZE);
  return STREAM_SIZE / milliseconds / 1000;
}

/**
 * From a card that is put in, which pcscd has to notice first, to its certificate in an open popup.
 *
 * @param {string} name
 */
async function insertion(name) {
  const hindrance = obstacle();
  if (hindrance) return row(`${name}: card put in to its certificate in the popup`, '', `not measured: ${hindrance}`);
  const people = new People();
  const cards = await Cards.open(people);
  const card = cards.card({ '9a': SIGNER });
  const browser = await Browser.open(name, { keys: [], environment: cards.environment });
  try {
    const { page } = await browser.extensionPage('popup/popup.html');
    /** @type {number[]} */
    const shown = [];
    for (let run = 0; run < RUNS; run += 1) {
      const seen = page.evaluate(async () => {
        while (!document.querySelector('li.card')) await new Promise(requestAnimationFrame);
        return Date.now();
      });
      const start = Date.now();
      await cards.order(`insert 0 ${card}`);
      shown.push((await seen) - start);
      await cards.order('remove 0');
      await until('it is gone', () => page.evaluate(() => !document.querySelector('li.card')));
    }
    row(`${name}: card put in to its certificate in the popup`, '1000 ms', milliseconds(shown));
  } finally {
    await browser.close();
    cards.close();
  }
}

const onlyStart = process.argv.includes('--start');
const people = new People();
wasm();
if (!onlyStart) {
  await host();
  openssl(people);
}
for (const name of BROWSERS) {
  await startUp(name);
  if (onlyStart) continue;
  await inBrowser(name, people);
  await insertion(name);
}

printTable();
