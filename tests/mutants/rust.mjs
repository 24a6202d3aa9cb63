/**
 * Has cargo-mutants change the rooms that guard something, one change at a time, and runs the tests: they must notice. Those
 * that may survive are listed in `survivors.tsv`: the mutant, the line that it changes, and the reason why that changes nothing.
 *
 *     scripts/mutants rust [--shard K/N] [ROOM…]
 *
 * A mutant meets the room's own tests first, which are built and run in seconds; those that survive meet all tests of the
 * workspace, one change after another. They are made in a copy of the checkout, which stays for the next time.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What guards something: its package, its files, and the filters for the unit tests that judge it. Where there
 * are no filters all unit tests of the package do.
 *
 * @type {Record<string, {crate: string, files: string[], filters: string[]}>}
 */
const ROOMS = {
  policy: { crate: 'tamga-core', files: ['wasm-core/src/policy.rs'], filters: ['policy::'] },
  refusals: { crate: 'tamga-core', files: ['wasm-core/src/policy/refusals.rs'], filters: ['policy::'] },
  origin: { crate: 'tamga-core', files: ['wasm-core/src/origin.rs'], filters: ['origin::', 'policy::'] },
  cms: { crate: 'tamga-core', files: ['wasm-core/src/cms.rs', 'wasm-core/src/cms/**/*.rs'], filters: [] },
  pkcs12: { crate: 'tamga-core', files: ['wasm-core/src/pkcs12.rs', 'wasm-core/src/pkcs12/**/*.rs'], filters: ['pkcs12::'] },
  cryptopro: { crate: 'tamga-core', files: ['wasm-core/src/cryptopro.rs', 'wasm-core/src/cryptopro/**/*.rs'], filters: ['cryptopro::'] },
  sign: { crate: 'tamga-host', files: ['native-host/src/sign.rs', 'native-host/src/sign/**/*.rs'], filters: ['sign::'] },
  session: { crate: 'tamga-host', files: ['native-host/src/session.rs', 'native-host/src/session/**/*.rs'], filters: ['session::'] },
  transport: { crate: 'tamga-host', files: ['native-host/src/transport/**/*.rs'], filters: ['transport::'] },
  pins: {
    crate: 'tamga-host',
    files: ['keys/pkcs11/{pin,login,lock,module,token_info}.rs', 'readers/piv_pin.rs'].map((file) => `native-host/src/${file}`),
    filters: ['keys::pkcs11::', 'readers::'],
  },
};
/** Texts that only a developer sees. */
const NO_GUARDS = '<impl (fmt::)?Debug';
/** No test takes longer; a mutant may hang. */
const TIMEOUT_S = 900;

/** @typedef {{name: string, file: string, span: {start: {line: number}}}} Mutant as cargo-mutants tells it */
/** @typedef {{mutant: string, was: string}} Known a mutant wherever in its file it is, with the line that it changes */

const [program, folder, ...words] = process.argv.slice(2);
const shard = words[0] === '--shard' ? words.splice(0, 2) : [];
const unknown = words.filter((word) => !(word in ROOMS));
if (unknown.length > 0) stop(`No such room: ${unknown.join(', ')}. There are: ${Object.keys(ROOMS).join(', ')}.`);
const tree = path.join(folder, 'tree');
copyTheCheckout();
/** @type {Known[]} */
const listed = readFileSync(new URL('survivors.tsv', import.meta.url), 'utf8').split('\n').filter(Boolean).map((line) => {
  const [mutant, was] = line.split('\t');
  return { mutant, was };
});
let unlisted = 0;
for (const room of words.length > 0 ? words : Object.keys(ROOMS)) judge(room);
process.exitCode = unlisted > 0 ? 1 : 0;

/** @param {string} room */
function judge(room) {
  const { crate, files, filters } = ROOMS[room];
  const quick = ['--cargo-arg=--lib', ...['--', ...filters].map((word) => `--cargo-test-arg=${word}`)];
  const first = mutate(`${room}-unit`, crate, [...files.flatMap((file) => ['--file', file]), ...shard, ...quick]);
  const left = first.missed.map(({ name }) => `^${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
  const all = ['--test-workspace=true', '--cargo-arg=--tests'];
  const second = left.length > 0 ? mutate(`${room}-all`, crate, [...left.flatMap((name) => ['--re', name]), ...all]) : { missed: [] };
  const survivors = second.missed.map(known);
  const isSame = (/** @type {Known} */ one, /** @type {Known} */ other) => one.mutant === other.mutant && one.was === other.was;
  const fresh = survivors.filter((mutant) => !listed.some((entry) => isSame(entry, mutant)));
  // Of a part of the mutants nobody can say what is gone.
  const own = shard.length > 0 ? [] : listed.filter(({ mutant }) => first.files.has(mutant.split(': ')[0]));
  const stale = own.filter((entry) => !survivors.some((mutant) => isSame(entry, mutant)));
  for (const { mutant, was } of fresh) console.log(`SURVIVED ${mutant}\n  ${was}`);
  for (const { mutant, was } of stale) console.log(`LISTED, but it is noticed or gone: ${mutant}\n  ${was}`);
  const tried = first.total - first.unviable;
  console.log(`${room}: ${tried} mutants, ${tried - survivors.length} noticed, ${survivors.length - fresh.length} listed, ${fresh.length} survived`);
  unlisted += fresh.length + stale.length;
}

/**
 * Runs cargo-mutants once.
 *
 * @param {string} name of the folder for what it says
 * @param {string} crate
 * @param {string[]} options
 */
function mutate(name, crate, options) {
  const output = path.join(folder, name);
  mkdirSync(output, { recursive: true });
  const always = ['mutants', '--dir', tree, '--in-place', '--package', crate, '--output', output, '--exclude-re', NO_GUARDS];
  const limits = ['--jobs=1', `--timeout=${TIMEOUT_S}`, '--no-shuffle', '--colors=never'];
  const env = { ...process.env, CARGO_TARGET_DIR: path.join(folder, 'build'), CARGO_PROFILE_DEV_DEBUG: '0', CARGO_INCREMENTAL: '1' };
  const { status } = spawnSync(program, [...always, ...limits, ...options], { env, stdio: 'inherit' });
  // 2: something survived; 3: something hung.
  if (status === null || ![0, 2, 3].includes(status)) stop(`cargo-mutants has failed: ${output}`);
  /** @type {{outcomes: {scenario: 'Baseline' | {Mutant: Mutant}, summary: string}[]}} */
  const { outcomes } = JSON.parse(readFileSync(path.join(output, 'mutants.out/outcomes.json'), 'utf8'));
  /** @param {string} summary */
  const withSummary = (summary) => mutants.filter((mutant) => mutant.summary === summary);
  const mutants = outcomes.flatMap(({ scenario, summary }) => (scenario === 'Baseline' ? [] : [{ ...scenario.Mutant, summary }]));
  return {
    total: mutants.length,
    files: new Set(mutants.map(({ file }) => file)),
    unviable: withSummary('Unviable').length,
    missed: withSummary('MissedMutant'),
  };
}

/**
 * @param {Mutant} mutant
 * @returns {Known}
 */
function known({ name, file, span }) {
  const lines = readFileSync(path.join(tree, file), 'utf8').split('\n');
  return { mutant: name.replace(/:\d+:\d+: /, ': '), was: lines[span.start.line - 1].trim() };
}

/** Only what has changed, so that cargo compiles no more than that; the vectors lie beside it, as beside the checkout. */
function copyTheCheckout() {
  const git = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
  const wanted = new Set(git.stdout.split('\0').filter((name) => name && existsSync(path.join(ROOT, name))));
  const there = spawnSync('find', [tree, '-type', 'f', '-printf', '%P\\0'], { encoding: 'utf8' });
  for (const name of there.stdout.split('\0')) if (name && !wanted.has(name)) rmSync(path.join(tree, name));
  for (const name of wanted) {
    const [from, to] = [path.join(ROOT, name), path.join(tree, name)];
    if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
    mkdirSync(path.dirname(to), { recursive: true });
    copyFileSync(from, to);
  }
  const [vectors, beside] = [path.resolve(ROOT, '../shared'), path.join(folder, 'shared')];
  if (existsSync(vectors) && !lstatSync(beside, { throwIfNoEntry: false })) symlinkSync(vectors, beside);
}

/** @param {string} message */
function stop(message) {
  console.error(message);
  process.exit(2);
}
