/**
 * Whether the person has touched this page: pressed a key or a button in it. A page cannot forge it, because this is not
 * its world.
 */
var tamgaActivation = (() => {
  'use strict';

  /** What the person does to a page (HTML §6.4.1, activation triggering input event). */
  const EVENTS = ['keydown', 'mousedown', 'pointerdown', 'pointerup', 'touchend'];
  // Chromium keeps it over a reload by the page's own script: then only what comes after it counts.
  let isFromBefore = navigator.userActivation.hasBeenActive;

  /** May be called again: the same listener is added once. */
  function listen() {
    for (const type of EVENTS) window.addEventListener(type, note, { capture: true, passive: true });
  }

  /** @param {Event} event */
  function note({ isTrusted }) {
    if (isTrusted) isFromBefore = false;
  }

  /** Whether the person has touched this page since it was loaded. */
  function isTouched() {
    return navigator.userActivation.hasBeenActive && !isFromBefore;
  }

  /** Whether they have just done it. */
  function isActive() {
    return navigator.userActivation.isActive;
  }

  return { listen, isTouched, isActive };
})();
