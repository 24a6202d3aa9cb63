/**
 * Every state of the popup, the permission prompt, the sign window, and of the pages that fill a tab, in every language, light and dark, at
 * its size and at 200 %: axe finds nothing, nothing is cut off, and target/screenshots keeps how it looks.
 */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { Browser, BROWSERS, TARGET } from './driver.js';
import { it } from './harness.js';
import { CERTIFICATE } from './states/certificate.js';
import { CHECK } from './states/check.js';
import { DIAGNOSIS } from './states/diagnosis.js';
import { FIRST_RUN } from './states/first_run.js';
import { OPTIONS } from './states/options.js';
import { PERMISSION } from './states/permission.js';
import { POPUP } from './states/popup.js';
import { SIGN } from './states/sign.js';
import { COLOUR_RULES, LANGUAGES, Stages } from './states/stage.js';

const WINDOWS = /** @type {const} */ ([
  { name: 'popup', file: 'popup/popup.html', screen: 'Popup', size: { width: 360, height: 600 }, states: POPUP },
  { name: 'permission', file: 'sign/sign.html', screen: 'SignWindow', size: { width: 480, height: 400 }, states: PERMISSION },
  { name: 'sign', file: 'sign/sign.html', screen: 'SignWindow', size: { width: 480, height: 400 }, states: SIGN },
  { name: 'certificate', file: 'certificate/certificate.html', screen: 'Certificate', size: { width: 360, height: 640 }, states: CERTIFICATE },
  { name: 'options', file: 'options/options.html', screen: 'Options', size: { width: 900, height: 800 }, states: OPTIONS },
  { name: 'check', file: 'check/check.html', screen: 'Check', size: { width: 360, height: 800 }, states: CHECK },
  { name: 'diagnosis', file: 'diagnosis/diagnosis.html', screen: 'Diagnosis', size: { width: 360, height: 800 }, states: DIAGNOSIS },
  { name: 'first-run', file: 'first_run/first_run.html', screen: 'FirstRun', size: { width: 360, height: 800 }, states: FIRST_RUN },
]);
const SCREENSHOTS = path.join(TARGET, 'screenshots');

describe('states', { skip: !BROWSERS.includes('chromium') && 'the states are looked at in Chromium' }, () => {
  /** @type {Browser} */
  let browser;
  /** @type {Stages} */
  let stages;
  before(async () => {
    browser = await Browser.open('chromium', { registered: false, extension: false });
    stages = await Stages.open(browser.puppeteer);
  });
  after(async () => {
    stages?.close();
    await browser?.close();
  });

  for (const { name, file, screen, size, states } of WINDOWS) {
    describe(name, () => {
      /** @type {import('./states/stage.js').Stage} */
      let stage;
      const folder = path.join(SCREENSHOTS, name);
      before(async () => {
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder, { recursive: true });
        stage = await stages.stage(file, screen);
      });
      after(() => stage?.page.close());

      for (const language of LANGUAGES) {
        it(`axe finds nothing in ${language}, and nothing is cut off`, async () => {
          await stage.resize(size);
          await stage.wear('light');
          const found = new Findings();
          for (const [state, steps] of Object.entries(states)) {
            await stage.show(steps, language);
            found.add(state, [...(await stage.findings()), ...(await stage.cutOff())]);
            await stage.shoot(path.join(folder, `${state}-${language}.png`));
          }
          found.areNone();
        });
      }

      it('no state looks like another: each step has done something', async () => {
        /** @type {Map<string, string>} */
        const seen = new Map();
        for (const [state, steps] of Object.entries(states)) {
          await stage.show(steps, 'en');
          const content = await stage.content();
          assert.equal(seen.get(content), undefined, `${state} looks like ${seen.get(content)}`);
          seen.set(content, state);
        }
      });

      it('axe finds nothing in the dark', async () => {
        await stage.resize(size);
        await stage.wear('dark');
        const found = new Findings();
        for (const language of LANGUAGES) {
          for (const [state, steps] of Object.entries(states)) {
            await stage.show(steps, language);
            found.add(`${state} in ${language}`, await stage.findings(COLOUR_RULES));
            if (language === 'ru') await stage.shoot(path.join(folder, `${state}-dark.png`));
          }
        }
        found.areNone();
      });

      it('at 200 % nothing is cut off', async () => {
        await stage.resize(size, 2);
        await stage.wear('light');
        const found = new Findings();
        for (const language of LANGUAGES) {
          for (const [state, steps] of Object.entries(states)) {
            await stage.show(steps, language);
            found.add(`${state} in ${language}`, await stage.cutOff());
            if (language === 'ru') await stage.shoot(path.join(folder, `${state}-zoomed.png`));
          }
        }
        found.areNone();
      });
    });
  }
});

/** What was found, and where: most of it is in many states. */
class Findings {
  /** @type {Map<string, string[]>} */
  #states = new Map();

  /** @param {string} state @param {string[]} found */
  add(state, found) {
    for (const finding of found) this.#states.set(finding, [...(this.#states.get(finding) ?? []), state]);
  }

  areNone() {
    const lines = [...this.#states].map(([finding, states]) => `${finding}\n    in ${states.length}: ${states.join(', ')}`);
    if (lines.length > 0) assert.fail(lines.join('\n'));
  }
}
