/**
 * node scripts/packaging/web_ext.js REPORT WARNINGS: says what `web-ext lint --output json` found. Fails by an error, by a
 * warning that WARNINGS does not explain, and by a line of WARNINGS that nothing needs any more.
 *
 * A line of WARNINGS: code|file|why it is right.
 */
const { readFileSync } = require('node:fs');

const [report, list] = process.argv.slice(2);
const found = JSON.parse(readFileSync(report, 'utf8'));
const known = readFileSync(list, 'utf8').split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const [code, file, why] = line.split('|');
  return { code, file, why, used: false };
});

/** @param {{code: string, file?: string}} warning */
function explanation({ code, file = '' }) {
  const row = known.find((row) => row.code === code && row.file === file && row.why);
  if (row) row.used = true;
  return row?.why;
}

const wrong = [];
for (const { code, file, line, message } of [...found.errors, ...found.warnings, ...found.notices]) {
  console.log(`web-ext: ${code} ${file ?? ''}${line ? `:${line}` : ''}: ${message}`);
}
for (const error of found.errors) wrong.push(`${error.code} in ${error.file}`);
for (const warning of found.warnings) {
  const why = explanation(warning);
  if (why) console.log(`web-ext: explained: ${warning.code} in ${warning.file}: ${why}`);
  else wrong.push(`${warning.code} in ${warning.file} is not explained in ${list}`);
}
for (const { code, file, used } of known) if (!used) wrong.push(`${code} in ${file} is explained in ${list} and not there`);
console.log(`web-ext: ${found.errors.length} errors, ${found.warnings.length} warnings, all explained: ${wrong.length === 0}`);
for (const line of wrong) console.error(`web-ext: ${line}`);
process.exitCode = wrong.length ? 1 : 0;
