/**
 * Files that are dropped on the options are as good as picked.
 *
 * @typedef {import('../types/OptionsEvent').OptionsEvent} ScreenEvent
 */

/**
 * @param {() => HTMLInputElement} filePicker
 * @param {(event: ScreenEvent) => void} tell
 */
export function dropFiles(filePicker, tell) {
  const page = document.documentElement;
  /** @param {DragEvent} event */
  const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files') ?? false;
  addEventListener('dragover', (event) => {
    if (!hasFiles(event)) return;
    // Without this the browser would open the file in place of the page.
    event.preventDefault();
    page.classList.add('dropping');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) page.classList.remove('dropping');
  });
  addEventListener('drop', (event) => {
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    page.classList.remove('dropping');
    take(event.dataTransfer);
  });

  /** @param {DataTransfer} dropped */
  function take({ files, items }) {
    if (files.length > 1) return tell({ type: 'several-dropped' });
    const folder = [...items].find((item) => item.webkitGetAsEntry()?.isDirectory);
    if (folder) return tell({ type: 'add-failed', failure: { code: 'KEY_IN_CONTAINER', subject: files[0]?.name } });
    const picker = filePicker();
    picker.files = files;
    picker.dispatchEvent(new Event('change', { bubbles: true }));
  }
}
