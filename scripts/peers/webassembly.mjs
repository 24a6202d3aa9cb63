/**
 * Times what the example `work` of the crate gost3410 does in WebAssembly, in Node's engine, which is Chromium's:
 *   node webassembly.mjs target/release/examples/work work.wasm
 * The first says what the pieces are called and what the processor itself takes for them.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** The best of so many runs counts: the engine compiles better while it runs, and other programs only disturb. */
const RUNS = 40;

const [program, module] = process.argv.slice(2);
const pieces = execFileSync(program, { encoding: 'utf8' }).trim().split('\n').map((line) => {
  const [name, time] = line.split(' ');
  return { name, native: Number(time), best: Infinity };
});
const { instance } = await WebAssembly.instantiate(readFileSync(module));
const work = /** @type {(count: number, words: number) => number} */ (instance.exports.main);
for (let run = 0; run < RUNS; run += 1) {
  for (const piece of pieces) {
    const start = performance.now();
    work(0, 0);
    piece.best = Math.min(piece.best, performance.now() - start);
  }
}
console.log(`${'piece'.padEnd(40)} ${'WASM'.padStart(8)} ${'native'.padStart(8)} ${'ratio'.padStart(6)}`);
for (const { name, native, best } of pieces) {
  console.log(`${name.padEnd(40)} ${best.toFixed(2).padStart(8)} ${native.toFixed(2).padStart(8)} ${(best / native).toFixed(1).padStart(6)}`);
}
