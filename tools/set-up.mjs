/**
 * Sets up all that a command needs, says plainly what could not be had and what that leaves out, then runs it.
 *
 *     node tools/set-up.mjs start|test|demo|build|bench|bench:line|drills [ARGUMENTS]
 *
 * Plain JavaScript, so that it runs on the machine's own Node (20 or later) before anything is installed. What it
 * installs: the packages of the lock file (Node 26 among them) and, where it may, Debian's packages.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { debianPackages, commands, nodePackages, uiRooms } from './set-up-lists.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [command = 'start', ...rest] = process.argv.slice(2);
const begun = Date.now();

function say(line) {
  process.stdout.write(`set-up ${String(Math.round((Date.now() - begun) / 1000)).padStart(4)} s  ${line}\n`);
}

function stop(line) {
  process.stderr.write(`\nset-up: ${line}\n`);
  process.exit(1);
}

function run(program, args, options = {}) {
  return spawnSync(program, args, { cwd: root, stdio: 'inherit', ...options });
}

/** The packages of the lock file, exactly; no install script of theirs is run. */
function installPackages() {
  const stamp = join(root, 'node_modules', '.zajil-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  say('installing the packages of the lock file, Node 26 among them (about a minute)');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const done = npm && /\.c?js$/.test(npm) ? run(process.execPath, [npm, ...args]) : run('npm', args);
  if (done.status !== 0)
    stop(
      'the npm registry did not answer, or a package is missing. Nothing was changed beyond node_modules; try again when the line is back.',
    );
  writeFileSync(stamp, lock);
}

/** Node 26 from the lock file; a Node of that age that runs already serves as well. */
function findNode() {
  const name = nodePackages[`${process.platform}-${process.arch}`];
  const path = name && join(root, 'node_modules', name, 'bin', 'node');
  if (path && existsSync(path)) return path;
  if (Number(process.versions.node.split('.')[0]) >= 26) return process.execPath;
  return stop(`no Node 26 is packaged for ${process.platform}-${process.arch}. Install Node 26 yourself and run this again with it.`);
}

function has(program) {
  return spawnSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' }).status === 0;
}

/** Debian's packages, by root or by a sudo that asks nothing. Returns what is still missing. */
function installPrograms(names) {
  const wanted = debianPackages.filter((entry) => names.includes(entry.name) && !entry.present({ has, existsSync }));
  if (wanted.length === 0) return [];
  const packages = wanted.map((entry) => entry.package);
  const apt = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const may = has('apt-get') && (apt.length === 0 || (has('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0));
  if (may) {
    say(`installing from Debian: ${packages.join(', ')} (a few minutes at most)`);
    const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, stdio: ['ignore', 'ignore', 'inherit'] };
    const apt_get = (...args) => run([...apt, 'apt-get'][0], [...apt, 'apt-get', ...args].slice(1), quiet).status === 0;
    apt_get('update', '-qq');
    if (!apt_get('install', '-y', '-qq', '--no-install-recommends', ...packages))
      for (const name of packages) apt_get('install', '-y', '-qq', '--no-install-recommends', name);
  }
  const missing = wanted.filter((entry) => !entry.present({ has, existsSync }));
  for (const entry of missing) {
    say(
      `COULD NOT INSTALL ${entry.package}: ${may ? 'Debian did not have it' : 'this needs root'} (by hand: apt-get install ${entry.package})`,
    );
    say(`  left out without it: ${entry.without}`);
  }
  return missing.map((entry) => entry.name);
}

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'dist' && entry.name !== 'node_modules') yield* sources(path);
    if (entry.isFile() && /\.(ts|tsx|css|html|json|svg)$/.test(entry.name)) yield path;
  }
}

/** Builds the three pages where their sources changed since the last time. */
function buildPages(node) {
  for (const { page, from } of uiRooms) {
    const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
    for (const room of from)
      for (const path of [...sources(join(root, room))].sort((a, b) => (a < b ? -1 : 1))) hash.update(path).update(readFileSync(path));
    const stamp = join(root, page, 'dist', '.sources');
    const digest = hash.digest('hex');
    if (existsSync(stamp) && existsSync(join(root, page, 'dist', 'index.html')) && readFileSync(stamp, 'utf8') === digest) continue;
    say(`building the page of ${page}`);
    const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
    if (run(node, [vite, 'build', '--logLevel', 'warn', '--config', join(page, 'vite.config.ts')]).status !== 0)
      stop(`the page of ${page} could not be built`);
    writeFileSync(stamp, digest);
  }
}

if (statSync(root).uid !== process.getuid?.() && process.getuid?.() !== 0)
  say('this folder belongs to somebody else; installing into it may be refused');
const job = commands[command];
if (!job) stop(`no such command: ${command}. There are ${Object.keys(commands).join(', ')}.`);
installPackages();
const node = findNode();
const missing = installPrograms(job.programs);
if (job.pages) buildPages(node);
if (job.script) {
  const bin = join(root, 'node_modules', '.bin');
  const env = { ...process.env, PATH: `${dirname(node)}:${bin}:${process.env.PATH}`, ZAJIL_MISSING: missing.join(' ') };
  const done = run(node, [...job.script, ...rest], { env, cwd: job.here ? process.cwd() : root });
  process.exit(done.status ?? 1);
}
say('done');
