/** A document that is larger than the memory anybody wants to spend on it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inBrowsers, it } from './harness.js';
import { peakMemory } from './memory.js';
import { pattern, sign } from './page.js';

/** More than Chromium allots to Blobs before it has looked how much room there is. */
const SIZE = 600 << 20;
const HOST_MEMORY = 32 << 20;

inBrowsers('large documents', ['anna-rsa2048'], (world) => {
  it('600 MiB are signed while the host stays small', async () => {
    const page = await world.page();
    const answer = sign(page, { documents: [{ name: 'large.bin', size: SIZE }] });
    const window = await world.browser.signWindow();
    let peak = 0;
    const watch = setInterval(() => {
      for (const host of world.hosts()) peak = Math.max(peak, peakMemory(host));
    }, 100);
    await window.allowOnce();
    await window.sign(world.people.password('anna-rsa2048'));
    const { items, progress } = await answer;
    clearInterval(watch);

    const folder = mkdtempSync(path.join(tmpdir(), 'tamga-large-'));
    const file = path.join(folder, 'large.bin');
    writeFileSync(file, pattern(SIZE));
    const verdict = world.people.verify(items[0].signature, { content: file, cades: true });
    rmSync(folder, { recursive: true });
    assert.ok(verdict.accepted, verdict.output);
    assert.ok(peak > 0 && peak < HOST_MEMORY, `the host needed ${(peak / (1 << 20)).toFixed(1)} MiB`);
    console.log(`    peak memory of the host: ${(peak / (1 << 20)).toFixed(1)} MiB`);
    const sizes = progress.filter(({ phase }) => phase === 'reading').map(({ bytes }) => bytes);
    assert.equal(sizes.at(-1), SIZE);
    assert.ok(sizes.length > 10);
  });
});
