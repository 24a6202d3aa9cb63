/** The demo people, and OpenSSL's opinion about what they signed. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { PROGRAMS, ROOT, TARGET } from './driver.js';

const SCRIPT = path.join(ROOT, 'scripts/people');
const GOST_PROGRAM = path.join(PROGRAMS, 'gost-people');
/** OpenSSL with its engine for GOST. */
const ENGINE = path.join(ROOT, 'tests/browser/gost.cnf');
/** Some of the people's certificates end in weeks, so they are made anew each day, in milliseconds. */
const LIFETIME = 24 * 60 * 60 * 1000;

export class People {
  /** @param {number} [more] how many people besides those of the table */
  constructor(more = 0) {
    this.folder = path.join(TARGET, `people-${more}-${madeNow()}`);
    const list = path.join(this.folder, 'list.txt');
    if (!existsSync(this.folder)) this.#make(more);
    /** What `scripts/people` said: files, passwords, keys and names. */
    this.list = readFileSync(list, 'utf8');
    /** @type {Map<string, string>} */
    this.passwords = new Map();
    for (const row of this.list.split('\n').slice(1)) {
      const [file, password] = row.split(/\s+/);
      if (/\.(p12|000)$/.test(file ?? '')) this.passwords.set(file.replace(/\.(p12|000)$/, ''), password === '(empty)' ? '' : password);
    }
  }

  /** @param {number} more */
  #make(more) {
    removeOld();
    const folder = mkdtempSync(path.join(TARGET, 'people-new-'));
    const lists = [[SCRIPT, folder, `${more}`], [GOST_PROGRAM, folder]].map(([program, ...words]) => execFileSync(program, words, { encoding: 'utf8' }));
    writeFileSync(path.join(folder, 'list.txt'), lists.join(''));
    try {
      renameSync(folder, this.folder);
    } catch (error) {
      rmSync(folder, { recursive: true });
      // Other tests run at the same time, and may have made them meanwhile: theirs are as good.
      if (!existsSync(this.folder)) throw error;
    }
  }

  /**
   * A PKCS#12 file, or the folder of a CryptoPro container.
   *
   * @param {string} person such as `anna-rsa2048`
   */
  file(person) {
    const container = path.join(this.folder, 'containers', `${person}.000`);
    return existsSync(container) ? container : path.join(this.folder, `${person}.p12`);
  }

  /** @param {string} person */
  password(person) {
    const password = this.passwords.get(person.replace(/^more-.*/, 'more-*'));
    if (password === undefined) throw new Error(`There is no ${person}`);
    return password;
  }

  /**
   * What `Browser.open` takes as a key.
   *
   * @param {...string} people
   */
  keys(...people) {
    return people.map((person) => ({ file: this.file(person), password: this.password(person) }));
  }

  /**
   * What `openssl cms -verify` says.
   *
   * @param {Buffer} signature
   * @param {{content?: Buffer | string, cades?: boolean, root?: string}} [options] the content, or the path of a file with it, if the
   *   signature is detached; whose authority's certificate is trusted
   */
  verify(signature, { content, cades = false, root = 'root.pem' } = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), 'tamga-verify-'));
    try {
      const signed = path.join(folder, 'signature.p7s');
      const out = path.join(folder, 'content');
      writeFileSync(signed, signature);
      const detached = [];
      if (content !== undefined) {
        const file = typeof content === 'string' ? content : path.join(folder, 'document');
        if (typeof content !== 'string') writeFileSync(file, content);
        detached.push('-content', file);
      }
      const words = ['cms', '-verify', '-binary', '-inform', 'DER', '-in', signed, ...detached, '-out', out,
        '-CAfile', path.join(this.folder, root), '-purpose', 'any', ...(cades ? ['-cades'] : [])];
      const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8', env: { ...process.env, OPENSSL_CONF: ENGINE } });
      return { accepted: status === 0, output: stderr.trim(), content: status === 0 ? readFileSync(out) : null };
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
}

/** What people that are made now have in their folder's name: nobody replaces people that others are using. */
function madeNow() {
  const script = createHash('sha256').update(readFileSync(SCRIPT)).digest('hex').slice(0, 8);
  return `${script}-${Math.floor(Date.now() / LIFETIME)}`;
}

/** Removes those that no test can be using any more. */
function removeOld() {
  for (const name of readdirSync(TARGET).filter((name) => name.startsWith('people-'))) {
    const folder = path.join(TARGET, name);
    const stats = statSync(folder, { throwIfNoEntry: false });
    if (stats && Date.now() - stats.mtimeMs > 2 * LIFETIME) rmSync(folder, { recursive: true, force: true });
  }
}
