/** The table of what was measured. */

/** @type {string[][]} */
const rows = [];

/**
 * @param {string} what
 * @param {string} aim
 * @param {string} measured
 */
export function row(what, aim, measured) {
  rows.push([what, aim, measured]);
  console.log(`${what}: ${measured}${aim && ` (aim: ${aim})`}`);
}

/** All rows so far, in columns. */
export function printTable() {
  const widths = [0, 1].map((column) => Math.max(...rows.map((cells) => cells[column].length)));
  console.log(`\n${'Measured'.padEnd(widths[0])}  ${'Aim'.padEnd(widths[1])}  Median (range)`);
  for (const [what, aim, measured] of rows) console.log(`${what.padEnd(widths[0])}  ${aim.padEnd(widths[1])}  ${measured}`);
}

/** @param {number[]} values */
export function median(values) {
  return [...values].sort((one, other) => one - other)[values.length >> 1];
}

/** @param {number[]} values in milliseconds */
export function milliseconds(values) {
  const range = `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
  return `${median(values).toFixed(1)} ms (${range}, ${values.length} runs)`;
}

/** @param {number} bytes */
export function mebibytes(bytes) {
  return `${(bytes / (1 << 20)).toFixed(1)} MiB`;
}
