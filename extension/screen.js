/**
 * A page's screen, which is drawn by WASM, and its host.
 *
 * A page is a carrier: it carries out the screen's effects and reports events, and decides nothing.
 */
import * as ahead from './preload.js';
import { asFailure } from './failure.js';
import { HostClient } from './host_client.js';
import { dropForeignKeys } from './keys.js';

/** The page's host, asked for its certificates unless the page says that it shows none. */
export const host = new HostClient(ahead.started, { lists: document.body.dataset.lists !== 'none' });

/**
 * Draws a screen.
 *
 * @template Effect
 * @template {{type: string}} ScreenEvent
 * @param {'SignWindow' | 'Popup' | 'Options' | 'Certificate' | 'Check' | 'Diagnosis' | 'FirstRun'} name
 * @param {(effect: Effect, tell: (event: ScreenEvent) => void) => unknown} carryOut
 * @param {(error: unknown) => unknown} [failed] what becomes of an effect that could not be carried out; without it the
 *   screen says so
 * @returns {Promise<(event: ScreenEvent) => void>} takes events to the screen
 */
export async function show(name, carryOut, failed) {
  const [catalogue, core] = await Promise.all([ahead.catalogue, ahead.core]);
  const root = /** @type {HTMLElement} */ (document.getElementById('root'));
  /** @param {ScreenEvent} event */
  const tell = ({ type, ...fields }) => screen.event(JSON.stringify({ [type]: fields }));
  // Later: the screen's first effects come before its constructor returns.
  const carry = (/** @type {string} */ json) => void Promise.resolve()
    .then(() => carryOut(JSON.parse(json), tell))
    .catch(failed ?? ((error) => tell(hostFailed(error))));
  const screen = new core[name](root, catalogue, carry);
  dropForeignKeys();
  tellTouch(tell);
  return tell;
}

/**
 * Says once when the person comes to the window: from then on nothing moves by itself.
 *
 * @param {(event: any) => void} tell
 */
function tellTouch(tell) {
  const touches = ['pointermove', 'pointerdown', 'keydown', 'wheel'];
  const touched = () => {
    for (const type of touches) removeEventListener(type, touched, { capture: true });
    tell({ type: 'touched' });
  };
  for (const type of touches) addEventListener(type, touched, { capture: true, passive: true });
}

/**
 * Does what no effect asked for; if it fails the screen says so.
 *
 * @template {{type: string}} ScreenEvent
 * @param {(event: ScreenEvent) => void} tell
 * @param {() => Promise<void>} work
 */
export function attempt(tell, work) {
  work().catch((error) => tell(hostFailed(error)));
}

/**
 * Every screen knows this event.
 *
 * @param {unknown} error
 * @returns {any}
 */
function hostFailed(error) {
  return { type: 'host-failed', failure: asFailure(error) };
}
