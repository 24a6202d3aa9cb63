/** What a person does in the sign window. */
import { Screen, words } from './screen.js';
import { until } from './until.js';

export class SignWindow extends Screen {
  /** The site may, this time. */
  allowOnce(language = 'en') {
    return this.press(words('button_once', {}, language));
  }

  /** Waits for the question whether the site may. */
  asks(question = 'ask_sign') {
    return this.reads(words(question));
  }

  /** Waits until the certificate can be chosen and the password typed. */
  asksForPassword() {
    return until('the password can be typed', () => this.page.$('#password'));
  }

  /** @param {string} password */
  async sign(password, language = 'en') {
    await this.types(password);
    await this.press(words('button_sign', {}, language));
  }

  /**
   * Chooses the certificate of a key file.
   *
   * @param {string} file such as `anna-rsa2048`
   */
  async choose(file) {
    await this.pressUntilTaken(`the certificate of ${file}`, () => this.#find(file));
    // The card that was pressed may be drawn anew.
    await until(`${file} is chosen`, async () => (await this.#find(file)).$eval('input', (radio) => radio.checked));
  }

  /** @param {string} secret for the field of the password or PIN */
  async types(secret) {
    await this.asksForPassword();
    await this.fill(() => this.page.$('#password'), secret);
  }

  /**
   * A certificate in the list: what it says, and whether it can be chosen.
   *
   * @param {string} file
   */
  async certificate(file) {
    const card = await this.#find(file);
    const disabled = await card.$eval('input', (radio) => radio.disabled);
    return { text: await card.evaluate((card) => card.innerText), disabled, card };
  }

  /** Unfolds the digests of all documents. */
  async showDigests() {
    await until('a document is read', () => this.page.$('.row-details'));
    await this.page.$$eval('.row-details', (all) => all.forEach((details) => (/** @type {HTMLDetailsElement} */ (details).open = true)));
  }

  #listed() {
    return until('there is a list of certificates', () => this.page.$('section.certificates'));
  }

  /** @param {string} file */
  async #find(file) {
    await this.#listed();
    return until(`there is a certificate of ${file}`, async () => {
      const card = await this.#card(file);
      // A list that is still being read folds what is in it more than was there at the first look.
      if (!card) await this.#showAll();
      return card;
    });
  }

  async #showAll() {
    const [button] = await this.page.$$('section.certificates > button');
    await button?.click().catch(() => {}); // it has been drawn anew
    const [unfit] = await this.page.$$('details.section:not([open]) > summary');
    await unfit?.click().catch(() => {});
  }

  /** @param {string} file */
  async #card(file) {
    for (const card of await this.page.$$('.card > label')) {
      if ((await card.evaluate((card) => (card.checkVisibility() ? card.innerText : ''))).includes(file)) return card;
    }
    return null;
  }

  /**
   * Has a token show the certificates that it shows after its PIN only.
   *
   * @param {string} token its name
   * @param {string} pin
   */
  async showPrivate(token, pin) {
    await this.press(words('button_private_of', { name: token }));
    await this.types(pin);
    await this.press(words('button_show_private'));
  }

  /** @param {string} code */
  fails(code) {
    return this.reads(words(`error_${code}`).split(/[“"«$]/)[0].trim());
  }

  cancel() {
    return this.press(words('button_cancel'));
  }

  /** As the person closes it with the frame's button. */
  close() {
    return this.page.close();
  }
}
