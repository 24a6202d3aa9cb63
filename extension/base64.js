/**
 * Base64, by the browser's own methods where it has them: `btoa` takes twice as long.
 *
 * A classic script, because content scripts cannot be modules; modules import it for its effect, `globalThis.tamgaBase64`.
 */
var tamgaBase64 = (() => {
  'use strict';

  /** How many characters `String.fromCharCode` is given at once: arguments go on the stack. */
  const STEP = 8190;

  /**
   * @param {Uint8Array} bytes
   * @returns {string}
   */
  function encode(bytes) {
    // @ts-ignore -- newer than the type library.
    if (bytes.toBase64) return bytes.toBase64();
    let binary = '';
    for (let at = 0; at < bytes.length; at += STEP) binary += String.fromCharCode(...bytes.subarray(at, at + STEP));
    return btoa(binary);
  }

  /**
   * @param {string} text
   * @returns {Uint8Array<ArrayBuffer>}
   * @throws the text is not base64
   */
  function decode(text) {
    // @ts-ignore -- newer than the type library.
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  }

  return { encode, decode };
})();

globalThis.tamgaBase64 = tamgaBase64;
