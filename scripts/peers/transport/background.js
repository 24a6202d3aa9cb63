// The least that brings a Blob to a native host: pieces as base64, a few on their way at once.
const PIECE = 256 << 10;
const WINDOW = 8;
const api = globalThis.browser ?? chrome;

api.runtime.onMessage.addListener((blob, _sender, respond) => {
  transport(blob).then(respond);
  return true;
});

/**
 * @param {Blob} blob
 * @returns {Promise<number>} milliseconds from the first piece to the last one's acknowledgement
 */
async function transport(blob) {
  const port = api.runtime.connectNative('org.tamga.bare');
  let unacknowledged = 0;
  let wake = () => {};
  port.onMessage.addListener(() => {
    unacknowledged -= 1;
    wake();
  });
  const acknowledged = (/** @type {number} */ most) =>
    new Promise((resolve) => {
      wake = () => unacknowledged <= most && resolve(undefined);
      wake();
    });
  const start = performance.now();
  const buffer = new Uint8Array(PIECE);
  let filled = 0;
  const reader = blob.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    for (let at = 0; at < value.length; ) {
      const part = value.subarray(at, at + PIECE - filled);
      buffer.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < PIECE) continue;
      await acknowledged(WINDOW - 1);
      port.postMessage(buffer.toBase64());
      unacknowledged += 1;
      filled = 0;
    }
  }
  await acknowledged(0);
  const time = performance.now() - start;
  port.disconnect();
  return time;
}
