/**
 * Keys that began elsewhere: whoever types into a page, or holds a key, while a window of ours comes up does not mean
 * that window. A key counts where it was pressed: what repeats, or is let go, somewhere else does nothing.
 */

/** Keys that press a button or submit a form; held down, they would press whatever appears next. */
const ACTIVATING = ['Enter', 'NumpadEnter', 'Space'];

/** Where each key that is down was pressed, by its code. @type {Map<string, EventTarget | null>} */
const pressed = new Map();

/** @param {KeyboardEvent} event */
function onKeyDown(event) {
  if (!event.repeat) {
    pressed.set(event.code, event.target);
    return;
  }
  if (ACTIVATING.includes(event.code) || pressed.get(event.code) !== event.target) drop(event);
}

/** @param {KeyboardEvent} event */
function onKeyUp(event) {
  if (pressed.get(event.code) !== event.target) drop(event);
  pressed.delete(event.code);
}

/** @param {KeyboardEvent} event */
function drop(event) {
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** Has this page take only keys that were pressed where they arrive. */
export function dropForeignKeys() {
  addEventListener('keydown', onKeyDown, { capture: true });
  addEventListener('keyup', onKeyUp, { capture: true });
  addEventListener('blur', () => pressed.clear());
}
