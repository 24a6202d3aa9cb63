/** The toolbar's icon while the host is missing. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { startHost } = await import('../../extension/browser.js');
const { HostClient } = await import('../../extension/host_client.js');
const { PROTOCOL } = await import('../../extension/versions.js');
const { restoreIcon, showHost } = await import('../../extension/toolbar_icon.js');

const GREY = { path: '/icons/tamga-grey-16.png', title: 'host_needed' };
const COLOURED = { path: '/icons/tamga-16.png', title: 'extension_name' };

beforeEach(() => Object.assign(browser, fakeBrowser()));

/** Lets everything happen that needs no time to pass. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A page opens the host, which is there or not.
 *
 * @param {boolean} isThere
 */
async function openHost(isThere) {
  browser.runtime.connectNative = () => {
    const port = new Port(({ id, command }) => {
      if (isThere && command?.type === 'hello') port.say({ type: 'reply', id, reply: { type: 'hello', protocol: PROTOCOL, version: '1.2.3' } });
    });
    if (!isThere) setImmediate(() => port.lose('Specified native messaging host not found.'));
    return port;
  };
  await new HostClient(startHost()).open(() => {});
  await settled();
}

test('it is grey while the host cannot be opened, and says why; then it is as before', async () => {
  await openHost(false);
  assert.deepEqual(browser.icon, GREY);
  await openHost(true);
  assert.deepEqual(browser.icon, COLOURED);
});

test('it is not painted again without need, nor from a private window', async () => {
  await showHost(false);
  assert.deepEqual(browser.icon, {});
  browser.extension.inIncognitoContext = true;
  await showHost(true);
  assert.deepEqual(browser.icon, {});
});

test('it is grey again when the browser starts', async () => {
  await restoreIcon();
  assert.deepEqual(browser.icon, {});
  await showHost(true);
  delete browser.icon.path;
  delete browser.icon.title;
  await restoreIcon();
  assert.deepEqual(browser.icon, GREY);
});
