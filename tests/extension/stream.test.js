/** Streams by themselves: what is sent, and what is taken. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

await import('../../extension/base64.js');
await import('../../extension/stream.js');
const { PIECE, Receiver, Sender, StreamBroken, WINDOW } = globalThis.tamgaStreams;

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A sender, and what it has sent. */
function sending() {
  const sent = [];
  return { sent, sender: new Sender((message) => sent.push(message), 1) };
}

/** A Blob that says another size than what comes out of it, or breaks off. */
function blobOf(size, bytes, { breaks = false } = {}) {
  const stream = () => new ReadableStream({
    start: (controller) => controller.enqueue(new Uint8Array(bytes)),
    pull: (controller) => (breaks ? controller.error(new Error('gone')) : controller.close()),
  });
  return { size, stream };
}

test('a sender that is stopped while it waits ends without a word', async () => {
  const { sent, sender } = sending();
  const done = sender.send(new Blob([new Uint8Array(PIECE * (WINDOW + 2))]));
  while (sent.length < WINDOW) await settled();
  sender.stop();
  assert.equal(await done, false);
  assert.equal(sent.length, WINDOW);
});

test('what cannot be read is told, unless the sender was stopped before', async () => {
  const broken = blobOf(PIECE * 3, PIECE * 2, { breaks: true });
  const { sent, sender } = sending();
  await assert.rejects(sender.send(broken), StreamBroken);
  assert.deepEqual(sent.at(-1), { type: 'abort', stream: 1 });
  const stopped = sending();
  stopped.sender.stop();
  assert.equal(await stopped.sender.send(blobOf(PIECE * 3, 1, { breaks: true })), false);
  assert.deepEqual(stopped.sent, []);
});

test('of a Blob that has grown no piece goes that would fill what was announced', async () => {
  const { sent, sender } = sending();
  await assert.rejects(sender.send(blobOf(PIECE * 2, PIECE * 2 + 1)), StreamBroken);
  assert.deepEqual(sent.map(({ type }) => type), ['chunk', 'abort']);
});

const chunk = (sequence, last, text) => ({ type: 'chunk', stream: 1, sequence, last, data: btoa(text) });

test('a receiver takes exactly what was announced', async () => {
  const receiver = () => new Receiver(() => {}, 1, 4);
  const whole = receiver();
  assert.equal(whole.take(chunk(0, false, 'text')), null);
  assert.equal(await whole.take(chunk(1, true, '')).text(), 'text');
  for (const chunks of [[chunk(0, false, 'texts')], [chunk(0, true, 'tex')], [chunk(1, true, 'text')], [chunk(0, false, 'te'), chunk(0, true, 'xt')], [{ ...chunk(0, true, ''), data: '*' }]]) {
    const one = receiver();
    assert.throws(() => chunks.forEach((part) => one.take(part)), StreamBroken);
  }
});
