/** Russian and Kazakh keys, in CryptoPro containers and PKCS#12 files, from the click to the signature. */
import assert from 'node:assert/strict';
import { inBrowsers, it } from './harness.js';
import { sign } from './page.js';
import { words } from './screen.js';

const TEXT = 'Договор № 7 · Келісімшарт № 7\n';
const DIRECTOR = 'pavel-director';
const PASSWORDLESS = 'galina-nopassword';
const KAZAKH = 'nurlan-gost512';
const EXPIRED_KEY = 'igor-keyterm';
const RUSSIANS = [DIRECTOR, PASSWORDLESS, 'zoya-rfc9548'];

inBrowsers('GOST', [...RUSSIANS, KAZAKH, EXPIRED_KEY], (world) => {
  /** Lets a person sign what a new page of the site asks for. */
  async function signed(person, request) {
    const answer = sign(await world.page(), request);
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(person);
    if (person === PASSWORDLESS) await window.press(words('button_sign'));
    else await window.sign(world.people.password(person));
    const given = await answer;
    await world.browser.noSignWindow();
    return given;
  }

  for (const person of RUSSIANS) {
    it(`${person} signs, and OpenSSL's GOST engine agrees`, async () => {
      const documents = [{ name: 'contract.txt', text: TEXT }];
      const { items } = await signed(person, { documents });
      const judge = { content: Buffer.from(TEXT), cades: true, root: 'gost-root.pem' };
      const verdict = world.people.verify(items[0].signature, judge);
      assert.ok(verdict.accepted, verdict.output);
      assert.ok(!world.people.verify(items[0].signature, { ...judge, content: Buffer.from('another') }).accepted);
      const attached = await signed(person, { documents, detached: false, format: 'cms' });
      const whole = world.people.verify(attached.items[0].signature, { root: 'gost-root.pem' });
      assert.ok(whole.accepted, whole.output);
      assert.equal(whole.content.toString(), TEXT);
    });
  }

  it('a Kazakh key signs; OpenSSL does not know its names, the host verifies it', async () => {
    const { items } = await signed(KAZAKH, { documents: [{ name: 'contract.txt', text: TEXT }] });
    assert.equal(world.browser.verify(items[0].signature, Buffer.from(TEXT)), null);
    assert.equal(world.browser.verify(items[0].signature, Buffer.from('another')), 'content-changed');
  });

  it('a hundred documents take one password', async () => {
    const documents = Array.from({ length: 100 }, (_, index) => ({ name: `${index}.txt`, text: `${index}` }));
    const { items } = await signed(DIRECTOR, { documents });
    assert.equal(items.filter(({ signature }) => signature).length, 100);
    const judge = { content: Buffer.from('99'), cades: true, root: 'gost-root.pem' };
    assert.ok(world.people.verify(items[99].signature, judge).accepted);
  });

  it('a wrong password of a container costs nothing but a new one', async () => {
    const answer = sign(await world.page(), { documents: [{ name: 'a.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.choose(DIRECTOR);
    await window.sign('wrong');
    await window.reads(words('error_PASSWORD_WRONG').slice(0, 20));
    await window.sign(world.people.password(DIRECTOR));
    assert.equal((await answer).items.length, 1);
  });

  it('a key whose own term is over is greyed with the reason', async () => {
    const answer = sign(await world.page(), { documents: [{ name: 'a.txt', text: TEXT }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    const { text, disabled } = await window.certificate(EXPIRED_KEY);
    assert.ok(disabled);
    assert.ok(text.includes(words('error_KEY_EXPIRED')), text);
    await window.cancel();
    await answer;
  });

  it('the popup says in words what a qualified certificate says', async () => {
    const popup = await world.browser.extensionPage('popup/popup.html');
    await popup.reads('ООО «Пример»');
    await popup.page.$$eval('details.section > summary, li.card summary', (summaries) => summaries.forEach((summary) => /** @type {HTMLElement} */ (summary).click()));
    for (const line of [
      words('name_inn'), '000000000018', words('name_ogrn'), '0000000000015', words('name_snils'), words('name_ogrnip'),
      words('holder_legalEntity'), words('holder_soleTrader'), words('usage_kzHead'), 'КС2', words('identified_inPerson'),
      '000000000051', words('key_gostR2012_256'), words('key_gost2015_512'), DIRECTOR,
    ]) await popup.reads(line);
  });
});
