#!/usr/bin/env node
// Reads frames, looks at nothing, acknowledges each.
import { readSync, writeSync } from 'node:fs';

const buffer = Buffer.alloc(1 << 20);
const acknowledgement = Buffer.from('\x01\x00\x00\x001', 'latin1');

/** @param {number} length */
function read(length) {
  for (let at = 0; at < length; ) {
    const count = readSync(0, buffer, at, length - at, null);
    if (count === 0) process.exit();
    at += count;
  }
}

for (;;) {
  read(4);
  read(buffer.readUInt32LE());
  writeSync(1, acknowledgement);
}
