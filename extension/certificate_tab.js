/** The page of a certificate, in a tab of its own. */
import { browser } from './browser.js';

/**
 * Opens it. Of the certificate only its digest is in the address, which the browser may keep.
 *
 * @param {string} certificate its id
 */
export async function openCertificate(certificate) {
  await browser.tabs.create({ url: browser.runtime.getURL(`certificate/certificate.html#${certificate}`) });
}
