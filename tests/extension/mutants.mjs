/**
 * Removes each guard of the extension's scripts, one at a time, and runs the unit tests: they must notice. Those that may
 * survive are listed in `survivors.json`, each with the reason why it changes nothing.
 *
 *     scripts/mutants javascript [FILE…]     of these files of extension/ only, such as router.js
 *
 * A mutant is: an `if` that leaves the function, never taken; one side of `&&` or `||` alone; a comparison turned round.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** What has no unit tests: the browser tests press its buttons. */
const DRIVEN_BY_BROWSERS = ['background.js', 'keys.js', 'options/options.js', 'options_tab.js', 'policy.js', 'popup/popup.js', 'preload.js', 'screen.js', 'settings.js', 'sign/documents.js', 'sign/pin_session.js', 'sign/sign.js'];
const MADE = ['types', 'wasm'];
/** Compiles the declarations for sites, which no mutant changes. */
const SLOW = 'types.test.js';
/** A mutant that hangs is noticed, too. */
const TIMEOUT_MS = 60_000;

const COMPARISONS = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
]);
const LOGICAL = [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken];
const LEAVES = [ts.SyntaxKind.ReturnStatement, ts.SyntaxKind.ThrowStatement, ts.SyntaxKind.ContinueStatement, ts.SyntaxKind.BreakStatement];

/** @typedef {{file: string, start: number, end: number, replacement: string, line: number, was: string, becomes: string}} Mutant */

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : scripts('').filter((file) => !DRIVEN_BY_BROWSERS.includes(file));
const mutants = files.flatMap(mutantsOf);
/** @type {{file: string, was: string, becomes: string, reason: string}[]} */
const listed = JSON.parse(readFileSync(new URL('survivors.json', import.meta.url), 'utf8'));
const isSame = (/** @type {{file: string, was: string, becomes: string}} */ one, /** @type {typeof one} */ other) =>
  one.file === other.file && one.was === other.was && one.becomes === other.becomes;
const isListed = (/** @type {Mutant} */ mutant) => listed.some((entry) => isSame(entry, mutant));
const survivors = await run(mutants, ({ file, line, was, becomes }) => console.log(`SURVIVED extension/${file}:${line}\n  ${was}\n  ${becomes}`));
const unlisted = survivors.filter((mutant) => !isListed(mutant));
const stale = listed.filter((entry) => files.includes(entry.file) && !survivors.some((mutant) => isSame(entry, mutant)));
for (const { file, was } of stale) console.log(`LISTED, but it is noticed or gone: ${file}\n  ${was}`);
console.log(`${mutants.length} mutants, ${mutants.length - survivors.length} noticed, ${survivors.length - unlisted.length} listed, ${unlisted.length} survived`);
process.exitCode = unlisted.length + stale.length > 0 ? 1 : 0;

/**
 * The scripts of a folder of extension/.
 *
 * @param {string} folder
 * @returns {string[]}
 */
function scripts(folder) {
  const entries = readdirSync(path.join(ROOT, 'extension', folder), { withFileTypes: true });
  return entries.flatMap((entry) => {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return MADE.includes(name) ? [] : scripts(name);
    return name.endsWith('.js') ? [name] : [];
  });
}

/**
 * @param {string} file
 * @returns {Mutant[]}
 */
function mutantsOf(file) {
  const text = readFileSync(path.join(ROOT, 'extension', file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  /** @type {Mutant[]} */
  const found = [];
  /** @type {(node: ts.Node, replacement: string) => void} */
  const replace = (node, replacement) => {
    const [start, end] = [node.getStart(source), node.end];
    const { line } = source.getLineAndCharacterOfPosition(start);
    const lineStart = source.getPositionOfLineAndCharacter(line, 0);
    const lineEnd = Math.max(end, text.indexOf('\n', start));
    const short = (/** @type {string} */ line) => line.trim().replaceAll(/\s+/g, ' ');
    const becomes = short(text.slice(lineStart, start) + replacement + text.slice(end, lineEnd));
    found.push({ file, start, end, replacement, line: line + 1, was: short(text.slice(lineStart, lineEnd)), becomes });
  };
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIfStatement(node) && leaves(node.thenStatement)) replace(node.expression, 'false');
    if (ts.isBinaryExpression(node)) {
      const { left, right, operatorToken } = node;
      const comparison = COMPARISONS.get(operatorToken.kind);
      if (comparison) replace(operatorToken, comparison);
      if (LOGICAL.includes(operatorToken.kind)) {
        replace(node, left.getText(source));
        replace(node, right.getText(source));
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @param {ts.Statement} statement */
function leaves(statement) {
  const last = ts.isBlock(statement) ? statement.statements.at(-1) : statement;
  return last !== undefined && LEAVES.includes(last.kind);
}

/**
 * @param {Mutant[]} mutants
 * @param {(mutant: Mutant) => void} report one that no test has noticed and that is not listed
 * @returns {Promise<Mutant[]>} all that no test has noticed
 */
async function run(mutants, report) {
  /** @type {Mutant[]} */
  const survivors = [];
  const copies = Array.from({ length: os.availableParallelism() }, copyOfTheExtension);
  try {
    const tests = await quickestFirst(copies[0], new Set(mutants.map(({ file }) => file)));
    /** For each file those that have noticed something first: they will again. @type {Map<string, string[]>} */
    const orders = new Map(files.map((file) => [file, tests.filter(({ loads }) => loads.has(file)).map(({ name }) => name)]));
    const queue = mutants.entries();
    await Promise.all(copies.map(async (copy) => {
      for (const [index, mutant] of queue) {
        if (process.stderr.isTTY) process.stderr.write(`\r${index + 1}/${mutants.length} `);
        const file = path.join(copy, 'extension', mutant.file);
        const text = readFileSync(file, 'utf8');
        writeFileSync(file, text.slice(0, mutant.start) + mutant.replacement + text.slice(mutant.end));
        const order = orders.get(mutant.file) ?? [];
        const noticed = await firstToFail(copy, order);
        writeFileSync(file, text);
        if (noticed) {
          orders.set(mutant.file, [noticed, ...order.filter((name) => name !== noticed)]);
          continue;
        }
        survivors.push(mutant);
        if (!isListed(mutant)) report(mutant);
      }
    }));
  } finally {
    for (const copy of copies) rmSync(copy, { recursive: true });
  }
  return survivors;
}

/** What the unit tests read, in a folder of its own. */
function copyOfTheExtension() {
  const copy = mkdtempSync(path.join(os.tmpdir(), 'tamga-mutants-'));
  for (const folder of ['extension', 'manifests', 'tests/extension', 'wasm-core/src']) {
    cpSync(path.join(ROOT, folder), path.join(copy, folder), { recursive: true });
  }
  return copy;
}

/**
 * The tests that load one of these files, and what each loads of the extension.
 *
 * @param {string} copy
 * @param {Set<string>} files
 * @returns {Promise<{name: string, loads: Set<string>}[]>}
 */
async function quickestFirst(copy, files) {
  const names = readdirSync(path.join(copy, 'tests/extension')).filter((name) => name.endsWith('.test.js') && name !== SLOW);
  const timed = [];
  for (const name of names) {
    const loads = loadedBy(path.join(copy, 'tests/extension', name), copy);
    if (![...files].some((file) => loads.has(file))) continue;
    const began = performance.now();
    if (!(await passes(copy, name))) throw new Error(`${name} fails as it is.`);
    timed.push({ name, loads, time: performance.now() - began });
  }
  return timed.sort((one, other) => one.time - other.time);
}

/**
 * What a script imports, with what that imports; who reads the manifest's content scripts runs them.
 *
 * @param {string} script
 * @param {string} copy
 * @param {Set<string>} found
 */
function loadedBy(script, copy, found = new Set()) {
  const text = readFileSync(script, 'utf8');
  const imported = [...text.matchAll(/(?:import|from) \(?'(\.[^']+\.js)'|import\('(\.[^']+\.js)'\)/g)].map(([, one, other]) => one ?? other);
  const classic = text.includes('content_scripts') ? JSON.parse(readFileSync(path.join(copy, 'manifests/extension.json'), 'utf8')).content_scripts : [];
  const paths = [
    ...imported.map((name) => path.join(path.dirname(script), name)),
    ...classic.flatMap((/** @type {{js: string[]}} */ { js }) => js.map((name) => path.join(copy, 'extension', name))),
  ];
  for (const file of paths) {
    const name = path.relative(path.join(copy, 'extension'), file).replaceAll(path.sep, '/');
    if (name.startsWith('wasm/') || found.has(name)) continue;
    loadedBy(file, copy, found.add(name));
  }
  return found;
}

/**
 * @param {string} copy
 * @param {string[]} tests
 * @returns {Promise<string | null>}
 */
async function firstToFail(copy, tests) {
  for (const name of tests) if (!(await passes(copy, name))) return name;
  return null;
}

/**
 * Ends the test as soon as one of its cases fails.
 *
 * @param {string} copy
 * @param {string} test
 * @returns {Promise<boolean>}
 */
function passes(copy, test) {
  const script = path.join(copy, 'tests/extension', test);
  const child = spawn(process.execPath, ['--test-reporter=tap', script], { stdio: ['ignore', 'pipe', 'ignore'], timeout: TIMEOUT_MS });
  child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ output) => {
    if (/^ *not ok /m.test(output)) child.kill('SIGKILL');
  });
  return new Promise((resolve) => child.on('close', (code) => resolve(code === 0)));
}
