/** The sign window's way back to the page. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Clock, Listeners, Port, fakeBrowser } from './fakes.js';

const browser = (globalThis.chrome = fakeBrowser());
const { acceptRequest } = await import('../../extension/sign/request.js');

/** All that the host may say of a token, none of which is a site's business. */
const FAILURE = { code: 'PIN_WRONG', subject: 'Rutoken of Anna', tries: { exactly: 2 } };

/** A request that the window was opened for, and the port to the page. */
async function accepted(context) {
  new Clock(context); // that the page was late is told no more
  const port = new Port((message, port) => {
    if (message.type === 'failed' || message.type === 'result') port.say({ type: 'received' });
  });
  port.name = 'request:1';
  port.sender = { id: 'tamga', origin: 'https://shop.example', url: 'https://shop.example/', frameId: 0, tab: { id: 7, url: 'https://shop.example/' } };
  browser.runtime.onConnect = new Listeners();
  browser.windows.getCurrent = async () => ({});
  browser.tabs.sendMessage = async () => {
    queueMicrotask(() => {
      browser.runtime.onConnect.fire(port);
      // By reference, as where a message carries Blobs.
      const documents = [{ name: 'a.txt', content: new Blob(['a']) }];
      port.onMessage.fire({ type: 'command', command: { type: 'sign', documents, hashes: [] }, probe: new Blob(['?']) });
    });
    return { known: true };
  };
  globalThis.location = { search: '?scope=sign&request=1&tab=7&frame=0' };
  globalThis.addEventListener = () => {};
  return { port, request: await acceptRequest() };
}

test('of a failure the page hears the code and nothing else', async (context) => {
  const { port, request } = await accepted(context);
  await request.fail(FAILURE);
  assert.deepEqual(port.sent, [{ type: 'failed', code: 'PIN_WRONG' }]);
});

test('of an item\'s failure too', async (context) => {
  const { port, request } = await accepted(context);
  await request.finish({ certificate: { id: '00' }, items: [{ name: 'a.txt', error: FAILURE }] });
  const [{ result }] = port.sent;
  assert.deepEqual(result, { certificate: { id: '00' }, items: [{ name: 'a.txt', error: { code: 'PIN_WRONG' } }] });
});

test('a result that the page does not take is no success', async (context) => {
  const { port, request } = await accepted(context);
  for (const [code, told] of [['INTERRUPTED', 'INTERRUPTED'], ['CONTENT_CHANGED', 'CONTENT_CHANGED'], ['anything', 'INTERRUPTED']]) {
    port.answer = (message, port) => message.type === 'result' && port.say({ type: 'lost', code });
    await assert.rejects(request.finish({ certificate: { id: '00' } }), (failure) => failure.code === told);
  }
});
