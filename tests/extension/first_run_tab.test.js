/** The page of the first steps opens by itself once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeBrowser } from './fakes.js';

globalThis.chrome = fakeBrowser();
/** @type {string[]} */
const opened = [];
chrome.tabs.create = async ({ url }) => void opened.push(url);
const { openAfterInstallation } = await import('../../extension/first_run_tab.js');

for (const [reason, pages] of [['install', 1], ['update', 0], ['chrome_update', 0], ['browser_update', 0], ['shared_module_update', 0]]) {
  test(`${reason}: ${pages}`, async () => {
    opened.length = 0;
    await openAfterInstallation({ reason });
    assert.deepEqual(opened, Array(pages).fill('chrome-extension://tamga/first_run/first_run.html'));
  });
}
