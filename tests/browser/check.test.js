/** The page on which signatures are checked: a good one, a changed document, one that cannot be checked, a document taken out. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { HOST } from './driver.js';
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

/** An authority that OpenSSL plays, the list of whom it revoked, and the server that has it, when it may. */
class Authority {
  folder = mkdtempSync(path.join(tmpdir(), 'tamga-authority-'));
  /** Whether the server answers. */
  isOpen = false;
  /** How often it was asked. */
  asked = 0;
  #server = createServer((_, response) => {
    this.asked += 1;
    const answer = () => (this.isOpen ? response.end(readFileSync(this.file('list.der'))) : setTimeout(answer, 50));
    answer();
  });

  /** @param {string} name */
  file(name) {
    return path.join(this.folder, name);
  }

  /** @param {string} words */
  openssl(words) {
    execFileSync('openssl', words.split(' '), { cwd: this.folder, stdio: 'ignore' });
  }

  async open() {
    this.isOpen = false;
    this.asked = 0;
    await /** @type {Promise<void>} */ (new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve)));
    const { port } = /** @type {import('node:net').AddressInfo} */ (this.#server.address());
    writeFileSync(this.file('openssl.cnf'), `
      [req]\ndistinguished_name=name\n[name]
      [authority]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign
      [person]\nkeyUsage=critical,digitalSignature\ncrlDistributionPoints=URI:http://127.0.0.1:${port}/list
      [ca]\ndefault_ca=lists\n[lists]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=7\n`.replace(/^ +/gm, ''));
    for (const [name, by] of [['authority', '-signkey authority.key'], ['person', '-CA authority.pem -CAkey authority.key -CAcreateserial']]) {
      this.openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.key`);
      this.openssl(`req -new -config openssl.cnf -subj /CN=${name} -key ${name}.key -out ${name}.csr`);
      this.openssl(`x509 -req -in ${name}.csr -days 30 -extfile openssl.cnf -extensions ${name} ${by} -out ${name}.pem`);
    }
    const serial = execFileSync('openssl', ['x509', '-in', this.file('person.pem'), '-noout', '-serial'], { encoding: 'utf8' }).trim().slice('serial='.length);
    writeFileSync(this.file('index.txt'), `R\t391231235959Z\t260101000000Z,keyCompromise\t${serial}\tunknown\t/CN=person\n`);
    writeFileSync(this.file('index.txt.attr'), 'unique_subject=no\n');
    writeFileSync(this.file('number'), '1000\n');
    this.openssl('ca -gencrl -config openssl.cnf -cert authority.pem -keyfile authority.key -out list.pem');
    this.openssl('crl -in list.pem -outform DER -out list.der');
    writeFileSync(this.file('act.txt'), DOCUMENT);
    this.openssl('cms -sign -binary -in act.txt -outform DER -signer person.pem -inkey person.key -out act.txt.sig');
  }

  close() {
    this.isOpen = true;
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const authority = new Authority();
/** The servers of certificates are on this computer, and may take so long, in milliseconds. */
const servers = async () => {
  await authority.open();
  return { TAMGA_LOOPBACK: '60000' };
};

inBrowsers('check with servers', [], (world) => {
  // Also where a test has failed: the process would not end.
  after(() => authority.close());

  const check = async () => {
    const page = await world.browser.extensionPage('check/check.html');
    await page.reads(words('check_choose'));
    const picker = /** @type {any} */ (await page.page.$('#file'));
    await picker.uploadFile(authority.file('act.txt'), authority.file('act.txt.sig'));
    return page;
  };
  /** Where the things below the signature are. @param {import('./screen.js').Screen} page */
  const places = (page) => page.page.$$eval('.signer summary, .buttons button', (all) => all.map((it) => it.getBoundingClientRect().top));

  it('nobody is asked offline, and it is remembered', async () => {
    const { environment } = world.browser;
    const fingerprint = execFileSync('openssl', ['x509', '-in', authority.file('authority.pem'), '-noout', '-fingerprint', '-sha256'], { encoding: 'utf8' });
    const hex = fingerprint.split('=')[1]?.replaceAll(':', '').trim().toLowerCase() ?? '';
    execFileSync(HOST, ['trust', 'add', authority.file('authority.pem'), '--fingerprint', hex], { env: environment });
    const first = await world.browser.extensionPage('check/check.html');
    await first.reads(words('check_offline'));
    await first.click('checkbox', words('check_offline'));
    const page = await check();
    await page.reads(words('check_revocation_unknown'));
    await page.reads(words('check_servers_not_asked'));
    assert.equal(authority.asked, 0);
    // What was found out stays to be seen when servers are asked again.
    await page.click('checkbox', words('check_offline'));
    await page.reads(words('check_asking'));
  });

  it('nobody has to wait for a server that hangs', async () => {
    const page = await check();
    await page.reads(words('check_asking'));
    await page.press(words('check_stop_asking'));
    await page.reads(words('check_servers_not_asked'));
    await page.reads(words('check_revocation_unknown'));
    // The next one is checked all the same.
    await page.press(words('check_again'));
    const picker = /** @type {any} */ (await page.page.$('#file'));
    await picker.uploadFile(authority.file('act.txt'), authority.file('act.txt.sig'));
    await page.reads(words('check_asking'));
  });

  it('what servers say changes the verdict in its place, and nothing moves', async () => {
    const page = await check();
    await page.reads(words('check_asking'));
    const before = await places(page);
    authority.isOpen = true;
    await page.reads(words('check_revoked'));
    await page.reads(words('check_servers_asked'));
    assert.deepEqual(await places(page), before);
  });
}, { prepare: servers, settable: true });
