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
    const field = await this.asksForPassword();
    await field.click({ count: 3 });
    if (password !== '') await field.type(password);
    await this.press(words('button_sign', {}, language));
  }

  /**
   * Chooses the certificate of a key file.
   *
   * @param {string} file such as `anna-rsa2048`
   */
  async choose(file) {
    const card = await this.#find(file);
    await card.click();
    await until(`${file} is chosen`, () => card.$eval('input', (radio) => radio.checked));
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
    const field = await this.asksForPassword();
    await field.type(pin);
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
