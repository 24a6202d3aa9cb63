/**
 * Saves something as a file, where the browser puts what is downloaded.
 *
 * @param {Blob} content
 * @param {string} name
 */
export function save(content, name) {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  Object.assign(link, { href: address, download: name });
  link.click();
  // The browser reads it in a moment, not at once.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
