/** Smart cards and tokens: a virtual PIV card through vpcd, pcscd and OpenSC, and SoftHSM, from the click to the signature. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, afterEach, before, beforeEach, describe } from 'node:test';
import { Cards, obstacle, PIN, PUK, RUTOKEN } from './cards.js';
import { BROWSERS } from './driver.js';
import { it, World } from './harness.js';
import { sign } from './page.js';
import { words } from './screen.js';
import { until } from './until.js';

const TEXT = 'Договор № 9 · Келісімшарт № 9\n';
const DOCUMENTS = [{ name: 'contract.txt', text: TEXT }];
/** In 9A of the card, in 9C (the PIN each time), in the other card, on the soft token: people, and who they are. */
const ANNA = { file: 'anna-rsa2048', name: 'Анна Сергеевна Иванова' };
const AIGUL = { file: 'aigul-p256', name: 'Айгүл' };
const ASEL = { file: 'asel-nopassword', name: 'Әсел' };
const DANIYAR = { file: 'daniyar-p384', name: 'Данияр' };

const hindrance = obstacle();
if (hindrance) console.log(`SKIPPED: ${hindrance.replace(/^SKIPPED: /, '')}`);

for (const name of hindrance ? [] : BROWSERS) {
  describe(`tokens (${name})`, () => {
    const world = new World(name);
    /** @type {Cards} */
    let cards;
    /** @type {string} */
    let card;

    before(async () => {
      // The host's environment has to be there before the browser is.
      await world.open([], {
        prepare: async (people) => {
          cards = await Cards.open(people);
          cards.token('Soft', DANIYAR.file);
          return cards.environment;
        },
      });
      const authorities = ['root.pem', 'intermediate.pem'].map((file) => readFileSync(path.join(world.people.folder, file), 'utf8'));
      writeFileSync(path.join(world.people.folder, 'authorities.pem'), authorities.join(''));
    });
    beforeEach(async () => {
      await world.grant(world.always());
      await fresh();
    });
    afterEach(() => world.tidy());
    after(async () => {
      await world.close();
      cards?.close();
    });

    /** A new card in the first reader; no other is in. */
    async function fresh() {
      await cards.order('remove 0');
      card = cards.card({ '9a': ANNA.file, '9c': AIGUL.file });
      await cards.order(`insert 0 ${card}`);
    }

    /** The window for a request of a new page, and the answer that will come. */
    async function asked(documents = DOCUMENTS, options = {}) {
      const answer = sign(await world.page(), { documents, ...options });
      const window = await world.browser.signWindow();
      return { answer, window };
    }

    /** The signatures are those of the documents. */
    async function judged(answer, documents = DOCUMENTS, { detached = true } = {}) {
      const { items, code } = await answer;
      assert.equal(code, undefined);
      for (const [index, { signature }] of items.entries()) {
        const content = Buffer.from(documents[index].text);
        const judge = { cades: true, root: 'authorities.pem', ...(detached && { content }) };
        const verdict = world.people.verify(signature, judge);
        assert.ok(verdict.accepted, verdict.output);
        assert.deepEqual(verdict.content, content);
      }
      await world.browser.noSignWindow();
    }

    it('a card signs with its PIN, and with the key that wants it each time', async () => {
      for (const { name } of [ANNA, AIGUL]) {
        const { answer, window } = await asked();
        await window.choose(name);
        await window.sign(PIN);
        await judged(answer);
      }
    });

    it('a hundred documents take one PIN', async () => {
      const documents = Array.from({ length: 100 }, (_, index) => ({ name: `${index}.txt`, text: `${index}` }));
      const { answer, window } = await asked(documents);
      await window.choose(DANIYAR.name);
      await window.sign(PIN);
      await judged(answer, documents);
    });

    it('a wrong PIN says how many tries are left and keeps the document; the last one is asked about; a locked card is unlocked in the settings', async () => {
      const { answer, window } = await asked();
      await window.choose(ANNA.name);
      await window.sign('000000');
      await window.reads(words('tries_exactly', { count: '2' }));
      await window.sign('000000');
      await window.reads(words('tries_last'));
      await window.sign('000000');
      await window.press(words('button_last_try'));
      await window.reads(words('error_PIN_LOCKED'));
      await window.press(words('button_unblock_pin'));
      const settings = await world.browser.optionsPage();
      await settings.press(words('button_unblock_pin'));
      await fill(settings, PUK, PIN, PIN);
      await settings.reads(words('pin_unblocked'));
      await settings.page.close();
      await window.sign(PIN);
      await judged(answer);
    });

    it('one PIN is good for several requests, if the settings say so', async () => {
      const settings = await world.browser.extensionPage('options/options.html');
      const option = await until('there is a choice of terms', () => settings.page.$('::-p-text(10 signatures)'));
      await option.evaluate((option) => {
        const { value } = /** @type {any} */ (option);
        Object.assign(/** @type {any} */ (option).parentElement, { value }).dispatchEvent(new Event('change', { bubbles: true }));
      });
      await until('it is stored', async () => (await world.grants())[0].pinTerm?.signatures === 10);
      await settings.page.close();
      await withPin(DANIYAR);
      await withoutPin(9);
      await withoutPin(8, { detached: false });
      // The person would rather give it.
      const { answer, window } = await asked();
      await window.reads(words('pin_session_signatures', { count: '7' }));
      await window.press(words('button_ask_for_pin'));
      await window.sign(PIN);
      await judged(answer);
      // A card that was out wants it again.
      await withPin(ANNA);
      await withoutPin(9);
      await cards.order('remove 0');
      await cards.order(`insert 0 ${card}`);
      await withPin(ANNA);
      await withoutPin(9);
    });

    it('two tabs of a site at once sign no more than the PIN is good for', async () => {
      await world.grant({ ...world.always(), pinTerm: { signatures: 10 } });
      await withPin(DANIYAR);
      const six = Array.from({ length: 6 }, (_, index) => ({ name: `${index}.txt`, text: `${TEXT}${index}` }));
      const first = await asked(six);
      const address = await first.window.page.evaluate(() => location.href);
      const answer = sign(await world.page(), { documents: six });
      const second = await world.browser.signWindow((other) => other !== address);
      const windows = [first.window, second];
      for (const window of windows) await window.reads(words('pin_session_signatures', { count: '9' }));
      await Promise.all(windows.map((window) => window.press(words('button_sign'))));
      // One of them signs, the other is told by the host that it takes the PIN.
      const [left] = await until('one window is left', async () => {
        const open = await world.browser.signWindows();
        return open.length === 1 && open;
      });
      await left.reads(words('error_PIN_NEEDED'));
      await left.sign(PIN);
      await Promise.all([first.answer, answer].map((answer) => judged(answer, six)));
      await withoutPin(4);
    });

    it('the PIN of the soft token is changed in the settings', async () => {
      const settings = await world.browser.extensionPage('options/options.html');
      // The first one: modules that serve cards of many makers come last.
      await settings.press(words('button_change_pin'));
      await fill(settings, PIN, '264813', '264813');
      await settings.reads(words('pin_changed'));
      await settings.page.close();
      const { answer, window } = await asked();
      await window.choose(DANIYAR.name);
      await window.sign(PIN);
      await window.reads(words('error_PIN_WRONG'));
      await window.sign('264813');
      await judged(answer);
    });

    it('a card that is taken out leaves the open window, and one that is put in comes into it', async () => {
      const { answer, window } = await asked();
      await window.choose(ANNA.name);
      await cards.order('remove 0');
      await until('the card is gone', async () => {
        const listed = await window.page.$$eval('.card > label', (cards) => cards.map((card) => card.innerText));
        return !listed.some((text) => text.includes('Анна'));
      });
      await cards.order(`insert 0 ${card}`);
      await window.choose(ANNA.name);
      await window.sign(PIN);
      await judged(answer);
    });

    it('a card that is pulled out while it signs is one failure, and signs when it is back', async () => {
      const { answer, window } = await asked();
      await window.choose(ANNA.name);
      await cards.order('pull 0');
      await window.sign(PIN);
      await window.reads(words('error_TOKEN_REMOVED'));
      await cards.order(`insert 0 ${card}`);
      await window.press(words('button_try_again'));
      await window.choose(ANNA.name);
      await window.sign(PIN);
      await judged(answer);
    });

    it('a signature that takes its time says so and is cancelled; the card signs again', async () => {
      await cards.order('stall 0');
      const { answer, window } = await asked();
      await window.choose(ANNA.name);
      await window.sign(PIN);
      await window.reads(words('signing_waits_device', { until: '|' }).split('|')[0].trim());
      await window.cancel();
      assert.equal((await answer).code, 'CANCELLED');
      await world.browser.noSignWindow();
      await until('every host has ended', () => world.hosts().length === 0);
      await fresh();
      const again = await asked();
      await again.window.choose(ANNA.name);
      await again.window.sign(PIN);
      await judged(again.answer);
    });

    it('two cards at once, and a card that nothing here serves is named', async () => {
      const second = cards.card({ '9a': ASEL.file });
      await cards.order(`insert 1 ${second}`);
      for (const { name } of [ASEL, ANNA]) {
        const { answer, window } = await asked();
        await window.choose(name);
        await window.sign(PIN);
        await judged(answer);
      }
      await cards.order('remove 1');
      await cards.order(`insert 1 ${cards.card({}, `atr=${RUTOKEN}`)}`);
      const popup = await world.browser.extensionPage('popup/popup.html');
      await popup.reads('Rutoken ECP');
      await popup.reads('rutoken.ru');
      await cards.order('remove 1');
      await until('it is gone', async () => !(await popup.text()).includes('rutoken.ru'));
      await popup.page.close();
    });

    it('a certificate that a token shows after its PIN only is shown and signs, and the PIN is asked for each time', async () => {
      cards.privateToken('Closed', ASEL.file);
      const { answer, window } = await asked();
      await window.showPrivate('Closed', '000000');
      await window.reads(words('error_PIN_WRONG'));
      await window.types(PIN);
      await window.press(words('button_show_private'));
      await until('it is chosen', async () => {
        const checked = await window.page.$$eval('.card > label:has(input:checked)', (cards) => cards.map((card) => card.innerText));
        return checked.length === 1 && checked[0].includes(ASEL.name);
      });
      await window.sign(PIN);
      await judged(answer);
      // Another window has not seen it.
      const second = await asked();
      await second.window.reads(words('button_private_of', { name: 'Closed' }));
      assert.ok(!(await second.window.text()).includes(ASEL.name));
      await second.window.cancel();
      assert.equal((await second.answer).code, 'CANCELLED');
    });

    /** Signs with a token that wants its PIN. */
    async function withPin({ name }) {
      const { answer, window } = await asked();
      await window.choose(name);
      await window.sign(PIN);
      await judged(answer);
    }

    /** Signs with the token that was used last, for which so many signatures are left. */
    async function withoutPin(left, options = {}) {
      const { answer, window } = await asked(DOCUMENTS, options);
      await window.reads(words('pin_session_signatures', { count: `${left}` }));
      await window.press(words('button_sign'));
      await judged(answer, DOCUMENTS, options);
    }

    /** Types into the password fields of a form, and submits it. */
    async function fill(settings, ...secrets) {
      const fields = await until('the form is there', async () => {
        const fields = await settings.page.$$('form input[type=password]');
        return fields.length >= secrets.length ? fields.slice(-secrets.length) : null;
      });
      for (const [index, field] of fields.entries()) await field.type(secrets[index]);
      await settings.page.keyboard.press('Enter');
    }
  });
}
