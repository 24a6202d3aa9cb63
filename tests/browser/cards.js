/** Smart cards in virtual readers, and soft tokens, for a browser's host: see tests/card. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { PROGRAMS, withOnlyModules } from './driver.js';

const PROGRAM = path.join(PROGRAMS, 'virtual-card');
const OPENSC = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const SOFTHSM = '/usr/lib/softhsm/libsofthsm2.so';
/** What the program exits with where there can be no readers. */
const NOT_HERE = 77;
export const PIN = '739518';
export const PUK = '84620597';
/** Of a Rutoken ECP: no module here serves it. */
export const RUTOKEN = '3B8B015275746F6B656E20445320C1';

/** Why there are no cards here; null if there are. */
export function obstacle() {
  const missing = [PROGRAM, OPENSC, SOFTHSM].filter((file) => !existsSync(file));
  if (missing.length) return `not installed: ${missing.join(', ')}`;
  const folder = mkdtempSync(path.join(tmpdir(), 'tamga-readers-'));
  try {
    const { status, stdout } = spawnSync(PROGRAM, ['readers', folder], { input: '', encoding: 'utf8' });
    return status === NOT_HERE ? stdout.trim() : null;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Two readers with a smart card service of their own, a place for cards, and soft tokens. */
export class Cards {
  /** @param {import('./people.js').People} people whose keys go onto cards */
  static async open(people) {
    const cards = new Cards(people);
    await cards.#answer();
    return cards;
  }

  /**
   * Use `open`.
   *
   * @param {import('./people.js').People} people
   */
  constructor(people) {
    this.people = people;
    this.folder = mkdtempSync(path.join(tmpdir(), 'tamga-cards-'));
    const readers = path.join(this.folder, 'readers');
    for (const folder of [readers, path.join(this.folder, 'tokens')]) mkdirSync(folder);
    writeFileSync(path.join(this.folder, 'softhsm.conf'), `directories.tokendir = ${path.join(this.folder, 'tokens')}\n`);
    /** What a browser's host has to have in its environment. */
    this.environment = {
      PCSCLITE_CSOCK_NAME: path.join(readers, 'pcscd.comm'),
      SOFTHSM2_CONF: path.join(this.folder, 'softhsm.conf'),
      TAMGA_HOME: withOnlyModules(path.join(this.folder, 'tamga'), OPENSC, SOFTHSM),
    };
    this.process = spawn(PROGRAM, ['readers', readers], { stdio: ['pipe', 'pipe', 'inherit'] });
    /** @type {string[]} */
    this.said = [];
    /** @type {((line: string) => void)[]} */
    this.waiting = [];
    createInterface({ input: this.process.stdout }).on('line', (line) => {
      const next = this.waiting.shift();
      if (next) next(line);
      else this.said.push(line);
    });
  }

  async #answer() {
    const line = this.said.shift() ?? (await new Promise((resolve) => this.waiting.push(resolve)));
    if (line !== 'ok') throw new Error(line);
  }

  /** @param {string} order see tests/card/readers.rs */
  async order(order) {
    this.process.stdin.write(`${order}\n`);
    await this.#answer();
  }

  /**
   * A new PIV card with these people's keys, by slot.
   *
   * @param {Record<string, string>} people such as `{'9a': 'anna-rsa2048'}`; the key in 9c wants its PIN each time
   * @param {...string} options such as `atr=…`
   * @returns {string} its file
   */
  card(people, ...options) {
    const file = path.join(this.folder, `card-${Math.random()}.json`);
    const keys = Object.entries(people).map(([slot, person]) => `${slot}=${this.#files(person)}`);
    execFileSync(PROGRAM, ['new', file, `pin=${PIN}`, `puk=${PUK}`, ...options, ...keys]);
    return file;
  }

  /**
   * A soft token with these people's keys.
   *
   * @param {string} label
   * @param {...string} people
   */
  token(label, ...people) {
    this.#token(label, people.map((person) => this.#files(person)));
  }

  /** The same, whose certificates are seen after its PIN only. @param {string} label @param {...string} people */
  privateToken(label, ...people) {
    this.#token(label, people.map((person) => `${this.#files(person)},private`));
  }

  /** @param {string} label @param {string[]} pairs */
  #token(label, pairs) {
    const words = ['token', SOFTHSM, label, PIN, PUK, ...pairs];
    execFileSync(PROGRAM, words, { env: { ...process.env, ...this.environment } });
  }

  /** Somebody's key and certificate, as files. @param {string} person */
  #files(person) {
    const [key, certificate] = ['key', 'crt'].map((kind) => path.join(this.folder, `${person}.${kind}`));
    const words = ['pkcs12', '-in', this.people.file(person), '-passin', `pass:${this.people.password(person)}`, '-nocerts', '-nodes'];
    const exported = execFileSync('openssl', words, { encoding: 'utf8' });
    writeFileSync(key, exported.slice(exported.indexOf('-----BEGIN')));
    copyFileSync(path.join(this.people.folder, `${person}.pem`), certificate);
    return `${key},${certificate}`;
  }

  close() {
    this.process.stdin.end();
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
