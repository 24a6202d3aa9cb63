/** Firefox in a sandbox starts hosts through the desktop's portal: here through one that does the same (`portal.py`). */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { after, afterEach, before, describe } from 'node:test';
import { BROWSERS, HOST, ROOT, withOnlyModules } from './driver.js';
import { it, World } from './harness.js';
import { sign } from './page.js';
import { words } from './screen.js';

const SYSTEM_PYTHON = '/usr/bin/python3';
const NEEDED = [SYSTEM_PYTHON, '/usr/bin/dbus-daemon', '/usr/bin/busctl', '/usr/lib/python3/dist-packages/dbus', '/usr/lib/python3/dist-packages/gi'];
const missing = NEEDED.filter((file) => !existsSync(file));
const skip = (!BROWSERS.includes('firefox') && 'it is for Firefox') || (missing.length > 0 && `there is no ${missing.join(', ')}`);

const ANNA = 'anna-rsa2048';
/** Firefox uses the portal as it does in a sandbox. */
const IN_SANDBOX = { environment: { GTK_USE_PORTAL: '1' }, preferences: { 'widget.use-xdg-desktop-portal.native-messaging': 1 } };

/** A person's session with a portal, outside of the browser's sandbox: hosts are registered there, and have their keys there. */
class Desktop {
  home = mkdtempSync(path.join(tmpdir(), 'tamga-desktop-'));
  environment = { ...process.env, HOME: this.home, XDG_CONFIG_HOME: path.join(this.home, '.config'), TAMGA_HOME: withOnlyModules(path.join(this.home, 'tamga')) };
  /** What the portal has said. @type {string[]} */
  said = [];
  address = '';
  /** @type {import('node:child_process').ChildProcess[]} */
  #processes = [];

  /** @param {number} answer the person's, to whether hosts may be started: 0 yes, 1 no */
  async open(answer) {
    this.address = await this.#start(['/usr/bin/dbus-daemon', '--session', '--nofork', '--print-address']);
    Object.assign(this.environment, { DBUS_SESSION_BUS_ADDRESS: this.address });
    await this.#start([SYSTEM_PYTHON, path.join(ROOT, 'tests/browser/portal.py'), this.home, `${answer}`], (line) => this.said.push(line));
    execFileSync(HOST, ['register', '--profile', this.home, '--browser', 'firefox'], { env: this.environment });
  }

  /** @param {{file: string, password: string}} key */
  addKeyFile({ file, password }) {
    execFileSync(HOST, ['add', file, '--password-stdin'], { env: this.environment, input: `${password}\n` });
  }

  /** The hosts that the portal has started. */
  hosts() {
    return this.said.flatMap((line) => (line.startsWith('started ') ? [line.slice('started '.length)] : []));
  }

  close() {
    for (const process of this.#processes.reverse()) process.kill();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  /**
   * Starts a program, and waits for its first line.
   *
   * @param {string[]} command
   * @param {(line: string) => void} [onLine] hears of all of them
   * @returns {Promise<string>}
   */
  #start([program = '', ...words], onLine = () => {}) {
    const started = spawn(program, words, { env: this.environment, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#processes.push(started);
    const lines = createInterface({ input: started.stdout });
    lines.on('line', onLine);
    return new Promise((resolve, reject) => {
      lines.once('line', resolve);
      started.once('exit', (code) => reject(new Error(`${program} has ended: ${code}`)));
    });
  }
}

/**
 * A Firefox for which only the portal starts hosts.
 *
 * @param {string} title
 * @param {number} answer
 * @param {(world: World, desktop: Desktop) => void} tests
 */
function inSandbox(title, answer, tests) {
  describe(title, { skip }, () => {
    const world = new World('firefox');
    /** @type {Desktop} */
    const desktop = new Desktop();
    before(async () => {
      await desktop.open(answer);
      const { environment, ...options } = IN_SANDBOX;
      const prepare = async (/** @type {import('./people.js').People} */ people) => {
        for (const key of people.keys(ANNA)) desktop.addKeyFile(key);
        return { ...environment, DBUS_SESSION_BUS_ADDRESS: desktop.address };
      };
      await world.open([], { registered: false, prepare, ...options });
    });
    afterEach(() => world.tidy());
    after(async () => {
      await world.close();
      desktop.close();
    });
    tests(world, desktop);
  });
}

inSandbox('Firefox with a portal', 0, (world, desktop) => {
  it('signs with a host that the portal has started', async () => {
    const answer = sign(await world.page(), { documents: [{ name: 'a.txt', text: 'text' }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.sign(world.people.password(ANNA));
    const { items } = await answer;
    const verdict = world.people.verify(items?.[0]?.signature, { content: Buffer.from('text'), cades: true });
    assert.ok(verdict.accepted, verdict.output);
    assert.ok(desktop.hosts().length > 0);
    assert.deepEqual(world.browser.hosts(), [], 'the browser itself has started none');
  });

  it('is examined by such a host as by any other', async () => {
    const page = await world.browser.extensionPage('diagnosis/diagnosis.html');
    await page.reads(words('diagnosis_report'));
    await page.reads('smart card service');
  });

  it('the program looks for the portal before it says that Firefox can start it', async () => {
    for (const folder of ['snap/firefox', 'nothing']) mkdirSync(path.join(desktop.home, folder), { recursive: true });
    /** @param {Record<string, string>} more */
    const status = (more) => {
      // No Firefox but the one in a snap.
      const env = { ...desktop.environment, PATH: path.join(desktop.home, 'nothing'), ...more };
      const { stdout } = spawnSync(HOST, ['status', '--browser', 'firefox', '--json'], { env, encoding: 'utf8' });
      return JSON.parse(stdout)[0].sandbox;
    };
    assert.deepEqual(status({}), { kind: 'snap', portal: true });
    assert.deepEqual(status({ DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' }), { kind: 'snap', portal: false });
  });
});

inSandbox('Firefox with a portal that was told no', 1, (world, desktop) => {
  it('the popup says that the program cannot be started, and where to go', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads(words('error_HOST_NOT_STARTED'));
    await popup.press(words('button_diagnosis'));
    const page = await world.browser.opened('diagnosis/diagnosis.html');
    await page.reads('HOST_NOT_STARTED');
    assert.deepEqual(desktop.hosts(), []);
  });
});
