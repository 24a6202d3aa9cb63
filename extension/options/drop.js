/**
 * Files that are dropped on the options are as good as picked.
 *
 * @typedef {import('../types/OptionsEvent').OptionsEvent} ScreenEvent
 */
import { takeDropped } from '../dropped.js';

/**
 * @param {() => HTMLInputElement} filePicker
 * @param {(event: ScreenEvent) => void} tell
 */
export function dropFiles(filePicker, tell) {
  takeDropped(({ files, items }) => {
    if (files.length > 1) return tell({ type: 'several-dropped' });
    const folder = [...items].find((item) => item.webkitGetAsEntry()?.isDirectory);
    if (folder) return tell({ type: 'add-failed', failure: { code: 'KEY_IN_CONTAINER', subject: files[0]?.name } });
    const picker = filePicker();
    picker.files = files;
    picker.dispatchEvent(new Event('change', { bubbles: true }));
  });
}
