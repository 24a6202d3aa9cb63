/**
 * Runs in a stage's page: gives it `show(steps, language)`, which draws the screen anew and takes it through the steps.
 *
 * @param {'Popup' | 'SignWindow' | 'Options' | 'Certificate' | 'Check' | 'Diagnosis' | 'FirstRun'} name of the screen
 * @param {Record<string, string>} catalogues by language, as JSON
 */
export async function perform(name, catalogues) {
  const module = name === 'Popup' || name === 'SignWindow' ? 'tamga_windows' : 'tamga_pages';
  const address = `/wasm/${module}.js`;
  const core = await import(address);
  await core.default({ module_or_path: `/wasm/${module}_bg.wasm` });
  /** @type {any} */
  let screen = null;

  /** @param {import('./steps.js').Step[]} steps @param {string} language */
  const show = (steps, language) => {
    const root = document.createElement('div');
    root.id = 'root';
    document.body.replaceChildren(root);
    document.documentElement.lang = language;
    screen?.free();
    /** @type {any[]} */
    const effects = [];
    screen = new core[name](root, catalogues[language], (/** @type {string} */ json) => effects.push(JSON.parse(json)));
    for (const step of steps) {
      take(step, JSON.parse(catalogues[language]));
      while (effects.length > 0) carryOut(effects.shift());
    }
    // What may come by the thousand is drawn a moment later; this event draws at once.
    if (name === 'SignWindow') tell({ waited: {} });
    scrollTo(0, 0);
  };

  /** @param {object} event */
  const tell = (event) => screen.event(JSON.stringify(event));

  /** What every script does; what a state is about comes as its steps. @param {{type: string}} effect */
  const carryOut = ({ type }) => {
    if (name !== 'SignWindow') return;
    if (type === 'wait') tell({ waited: {} });
    if (type === 'decide') tell({ decided: {} });
  };

  /** @param {any} step @param {any} catalogue */
  const take = ({ event, press, unfold, submit, pick, field, choose }, catalogue) => {
    if (event) tell(event);
    else if (press) button(catalogue[press].message).click();
    else if (unfold) one(unfold).click();
    else if (submit) submitSecrets(submit);
    else if (pick) pickFile(pick, one(field));
    else /** @type {HTMLElement} */ (document.querySelectorAll('input[type=radio]')[choose]).click();
  };

  /** @param {string} selector @returns {any} */
  const one = (selector) => {
    const found = document.querySelector(selector);
    if (!found) throw new Error(`There is no ${selector}: ${document.body.innerText}`);
    return found;
  };

  /** @param {string} message of the catalogue; its placeholders stand for anything */
  const button = (message) => {
    const literally = (/** @type {string} */ part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    // Between the forms for one and for several there is a bar.
    const forms = message.split('|').map((form) => form.split(/\$\w+\$/).map(literally).join('.*'));
    const words = new RegExp(`^(?:${forms.join('|')})$`);
    const found = [...document.querySelectorAll('button')].find(({ textContent }) => words.test(textContent ?? ''));
    if (!found) throw new Error(`There is no button “${message}”: ${document.body.innerText}`);
    return found;
  };

  /** @param {string[]} secrets */
  const submitSecrets = (secrets) => {
    const fields = [...document.querySelectorAll('input[type=password]')];
    secrets.forEach((secret, index) => (/** @type {HTMLInputElement} */ (fields[index]).value = secret));
    one('form:has(input[type=password])').requestSubmit();
  };

  /** @param {string} file @param {any} field */
  const pickFile = (file, field) => {
    const picked = new DataTransfer();
    picked.items.add(new File(['content'], file));
    field.files = picked.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  };

  Object.assign(globalThis, { show });
}
