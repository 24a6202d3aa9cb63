/**
 * The toolbar's icon: grey while the host cannot be opened, because nothing can be signed then. Its number of requests that
 * wait is another matter (`waiting.js`).
 */
import { browser } from './browser.js';

/** Under this name stands that the host could not be opened the last time. */
const HOST_MISSING = 'hostMissing';
const SIZES = [16, 32];

/** @param {boolean} isMissing whether the host could not be opened */
export async function showHost(isMissing) {
  if (browser.extension.inIncognitoContext || (await wasMissing()) === isMissing) return;
  if (isMissing) await browser.storage.local.set({ [HOST_MISSING]: true });
  else await browser.storage.local.remove(HOST_MISSING);
  await paint(isMissing);
}

/** The browser forgets the icon when it ends. */
export async function restoreIcon() {
  if (await wasMissing()) await paint(true);
}

async function wasMissing() {
  const { [HOST_MISSING]: missing } = await browser.storage.local.get(HOST_MISSING);
  return missing === true;
}

/** @param {boolean} isMissing */
async function paint(isMissing) {
  const path = Object.fromEntries(SIZES.map((size) => [size, `/icons/tamga-${isMissing ? 'grey-' : ''}${size}.png`]));
  const title = browser.i18n.getMessage(isMissing ? 'host_needed' : 'extension_name');
  await Promise.all([browser.action.setIcon({ path }), browser.action.setTitle({ title })]);
}
