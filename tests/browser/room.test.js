/** A document that there is no room for: its bytes never come to be, though the page holds a Blob of its size. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { after, before, describe, test } from 'node:test';
import { BROWSERS } from './driver.js';
import { World, it } from './harness.js';
import { sign } from './page.js';
import { words } from './screen.js';

/** More than Chromium keeps in memory. Firefox keeps everything there, and the page itself hears when that is full. */
const SIZE = 3000 * 2 ** 20;
const PERSON = 'anna-rsa2048';

const disk = mkdtempSync(path.join(tmpdir(), 'tamga-disk-'));
const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', disk]).status === 0;
const reason = (!BROWSERS.includes('chromium') && 'only Chromium keeps Blobs on the disk') || (!mounted && 'mounting a small disk needs root');

if (reason) test('a document larger than the disk', { skip: reason });
else describe('no room (chromium)', () => {
  const world = new World('chromium');
  const { TMPDIR } = process.env;
  before(() => {
    process.env.TMPDIR = disk;
    return world.open([PERSON]);
  });
  after(async () => {
    await world.close();
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
  });

  it('a document larger than the disk is one failure, and the next click works', async () => {
    const page = await world.page();
    const answer = sign(page, { documents: [{ name: 'large.bin', size: SIZE }] });
    const window = await world.browser.signWindow();
    await window.allowOnce();
    await window.fails('CONTENT_CHANGED');
    await window.press(words('button_close'));
    assert.equal((await answer).code, 'CONTENT_CHANGED');
    await world.browser.noSignWindow();

    const next = sign(await world.page(), { documents: [{ name: 'a.txt', text: 'text' }] });
    const another = await world.browser.signWindow();
    await another.allowOnce();
    await another.sign(world.people.password(PERSON));
    const { items } = await next;
    assert.ok(world.people.verify(items[0].signature, { content: Buffer.from('text'), cades: true }).accepted);
  });
});

after(() => {
  // The browser may take a moment more to let go of it.
  if (mounted) spawnSync('umount', ['--lazy', disk]);
  rmSync(disk, { recursive: true });
});
