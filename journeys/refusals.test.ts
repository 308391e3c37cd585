/**
 * Bad input through the real commands. Whatever is refused ends with a number other than 0, says one thing with a code
 * that stays, leaves every folder as it was, and the right command works afterwards with nothing lost.
 */
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BadLine } from '@zajil/cli';
import { formatInvitation, parseInvitation } from '@zajil/format';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { figure } from './figures.ts';
import { saysOnce, stateOf, turned } from './refused.ts';
import { type Ended, type Server, World } from './zajil.ts';

let world: World;
let desk: string;
let relay: Server;
let invite: string;
let exhibit: string;
let site: string;
let newsroom: string;
const mounted: string[] = [];

beforeAll(async () => {
  world = new World('refusals');
  ({ desk, relay, invite } = await world.newsroom({ publish: '2' }));
  writeFileSync(world.path('photo.jpg'), photo);
  await world.must('send', '--invite', invite, '--state', world.path('state'), '--words', 'كلمات', world.path('photo.jpg'));
  await world.must('collect', '--dir', desk);
  const listed = await world.must('exhibits', '--dir', desk, '--json');
  exhibit = String(listed.lines.find(({ event }) => event === 'exhibit')?.['id']);
  site = world.path('site');
  await world.must('release', '--dir', desk, '--exhibit', exhibit, '--title', 'عنوان', '--media', 'full');
  await world.must('press', '--dir', desk, '--out', site);
  const verified = await world.must('verify', site);
  newsroom = /newsroom ([0-9a-f]{64})/.exec(verified.stdout)?.[1] ?? '';
});
afterAll(async () => {
  await world.end().catch(() => null);
  for (const folder of mounted) spawnSync('umount', ['-l', folder]);
  rmSync(world.folder, { recursive: true, force: true });
});

/** A grey picture of 16 by 16, as small as a photo can be. */
const photo = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcGBQgHBwcJCQgKDBQNDAsLDBkSEw8UHRofHh0aHBwgJC4nICIsIxwcKDcpLDAxNDQ0Hyc5PTgyPC4zNDL/wAALCAAQABABAREA/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/9oACAEBAAA/APn+v//Z',
  'base64',
);

/** Runs what must be refused; `kept` must be as before. */
async function refused(code: string, words: readonly string[], ...kept: readonly string[]): Promise<void> {
  const before = stateOf(kept);
  const ended = await world.run(...words);
  saysOnce(ended, code);
  expect.soft(stateOf(kept), words.join(' ')).toEqual(before);
}

const send = (invitation: string, state: string, ...more: readonly string[]): string[] => {
  return ['send', '--invite', invitation, '--state', world.path(state), '--json', ...more];
};

test('words that make no sense are refused with a line that says how', async () => {
  await refused('CLI_USAGE', ['collect', '--dir', desk, '--pasphrase', 'x'], desk);
  await refused('CLI_USAGE', ['collect', '--dir', desk, '--passphrase', 'a passphrase for a journey'], desk);
  await refused('CLI_USAGE', ['collect', '--dir', desk, 'word'], desk);
  await refused('CLI_USAGE', ['collect'], desk);
  await refused('CLI_USAGE', ['release', '--dir', desk, '--exhibit', exhibit, '--title', 'x', '--lang', 'xx'], desk);
  await refused('CLI_USAGE', ['relay', '--dir', world.path('new'), '--listen', 'nowhere'], world.path('new'));
  await refused('CLI_USAGE', ['relay', '--dir', world.path('new'), '--listen', '127.0.0.1:0', '--publish', '0'], world.path('new'));
  await refused('CLI_USAGE', send(invite, 'new', '--timeout', 'soon'), world.path('new'));
  await refused('CLI_USAGE', ['verify'], site);
  const unknown = await world.run('colect', '--dir', desk);
  expect(unknown.code).toBe(2);
  expect(unknown.stderr).toMatch(/^zajil: there is no command "colect" \[CLI_USAGE\]$/m);
});

test('a wrong, empty or missing passphrase opens nothing and changes nothing', async () => {
  writeFileSync(world.path('wrong'), 'another passphrase\n');
  writeFileSync(world.path('empty'), '\n');
  await refused('KEYS_WRONG_PASSPHRASE', ['collect', '--dir', desk, '--passphrase-file', world.path('wrong')], desk);
  const listen = ['--listen', '127.0.0.1:0', '--passphrase-file', world.path('wrong')];
  await refused('KEYS_WRONG_PASSPHRASE', ['desk', '--dir', desk, ...listen], desk);
  await refused('CLI_NO_PASSPHRASE', ['collect', '--dir', desk, '--passphrase-file', world.path('empty')], desk);
  await refused('CLI_NO_PASSPHRASE', ['collect', '--dir', desk, '--passphrase-file', world.path('nothing')], desk);
  await refused('KEYS_EXISTS', ['newsroom', 'found', '--dir', desk, '--name', 'x'], desk);
  await refused('KEYS_MISSING', ['exhibits', '--dir', world.path('none')], world.path('none'));
  await world.must('exhibits', '--dir', desk);
});

test('a truncated or altered invitation is refused before anything is dialled', async () => {
  const line = new BadLine(relay.url);
  const through = formatInvitation({ ...parseInvitation(invite), relays: [await line.listen()] });
  const begin = through.indexOf('#') + 1;
  const bad: string[] = [begin, begin + 1, begin + 20, through.length - 8, through.length - 1].map((end) => through.slice(0, end));
  for (let at = begin; at < through.length; at += 7) {
    bad.push(`${through.slice(0, at)}${through[at] === 'A' ? 'B' : 'A'}${through.slice(at + 1)}`);
  }
  for (let at = 0; at < bad.length; at += 3) {
    const three = bad.slice(at, at + 3).map(async (one) => world.run(...send(one, 'bent', '--words', 'x', '--timeout', '1')));
    for (const ended of await Promise.all(three)) saysOnce(ended, 'FORMAT_(?:TEXT|CHECKSUM)');
  }
  expect(line.stats.connections).toBe(0);
  expect(existsSync(world.path('bent'))).toBe(false);
  await world.must(...send(through, 'bent', '--words', 'x'));
  await line.close();
  figure('refusals', 'bent invitations', `${bad.length} refused before a connection`);
});

test('a relay that serves another newsroom, or is not there, gets nothing', async () => {
  const other = world.path('other');
  await world.must('newsroom', 'found', '--dir', other, '--name', 'غرفة أخرى');
  const stranger = (await world.must('newsroom', 'invite', '--dir', other, '--relay', relay.url)).stdout.trim();
  const ended = await world.run(...send(stranger, 'stranger', '--words', 'x', '--timeout', '2'));
  saysOnce(ended, 'LINE_LYING_RELAY');
  const nobody = formatInvitation({ ...parseInvitation(invite), relays: ['http://127.0.0.1:1'] });
  saysOnce(await world.run(...send(nobody, 'patient', '--words', 'x', '--timeout', '2')), 'LINE_WAITING');
  await world.must(...send(invite, 'patient', '--words', 'x'));
});

test('altered or truncated keys open nothing; an altered public roster is served by no relay and healed by the desk', async () => {
  const copy = world.path('desk-copy');
  cpSync(desk, copy, { recursive: true });
  const keys = join(copy, 'keys.sealed');
  const good = readFileSync(keys);
  for (const [bad, code] of [
    [good.subarray(0, good.length - 1), 'KEYS_TRUNCATED'],
    [turned(good, good.length >> 1), 'KEYS_ALTERED'],
    [Buffer.alloc(0), 'KEYS_TRUNCATED'],
  ] as const) {
    writeFileSync(keys, bad);
    await refused(code, ['exhibits', '--dir', copy], copy);
  }
  writeFileSync(keys, good);

  const path = join(copy, 'public', 'roster.txt');
  const roster = readFileSync(path);
  writeFileSync(path, turned(roster, roster.length >> 1));
  const serving = await world.serve('relay', '--dir', world.path('cautious'), '--listen', '127.0.0.1:0', '--newsroom', copy);
  const shown = async (): Promise<number> => (await fetch(`${serving.url}/v1/roster`)).status;
  expect(await shown()).toBe(404);
  writeFileSync(path, roster.subarray(0, roster.length - 1));
  expect(await shown()).toBe(404);
  await world.must('exhibits', '--dir', copy);
  expect(readFileSync(path)).toEqual(roster);
  await expect.poll(shown, { timeout: 5000 }).toBe(200);
  await serving.stop();
});

test('a port or a folder that is in use is left alone', async () => {
  const { host } = new URL(relay.url);
  await refused('RELAY_PORT_IN_USE', ['relay', '--dir', world.path('second'), '--listen', host]);
  await refused('RELAY_FOLDER_IN_USE', ['relay', '--dir', world.path('relay'), '--listen', '127.0.0.1:0']);
  await refused('DESK_ADDRESS', ['desk', '--dir', desk, '--listen', host], desk);
  await refused('DESK_ADDRESS', ['desk', '--dir', desk, '--listen', '0.0.0.0:0'], desk);
  const running = await world.serve('desk', '--dir', desk, '--listen', '127.0.0.1:0');
  saysOnce(await world.run('collect', '--dir', desk), 'DESK_IN_USE');
  await running.stop();
  const second = await world.serve('relay', '--dir', world.path('second'), '--listen', '127.0.0.1:0');
  await second.stop();
  await world.must('collect', '--dir', desk);
});

test(
  'a file that vanished or became shorter is said so; the rest is sent, and the whole again when it is back',
  { timeout: 120_000 },
  async () => {
    const state = world.path('state');
    await refused('CLI_FILE_GONE', send(invite, 'state', '--words', 'x', world.path('photo.jpg'), world.path('nothing.jpg')), state);
    await refused('CLI_FILE_GONE', send(world.path('no-invitation'), 'state', '--words', 'x'), state);
    const path = world.path('long.bin');
    const content = randomBytes(24_000_000);
    writeFileSync(path, content);
    const line = new BadLine(relay.url);
    const through = formatInvitation({ ...parseInvitation(invite), relays: [await line.listen()] });
    line.shape({ upBytesPerSecond: 400_000 });
    const running = world.run(...send(through, 'short', '--words', 'قبل أن يُقطع', path));
    await expect.poll(() => line.stats.bytesUp, { timeout: 20_000 }).toBeGreaterThan(100_000);
    truncateSync(path, 1000);
    line.shape({ upBytesPerSecond: Infinity });
    saysOnce(await running, 'SEAL_SOURCE_[A-Z]+');
    writeFileSync(path, content);
    await world.must(...send(through, 'short', '--words', 'قبل أن يُقطع', path));
    await line.close();
    await world.must('collect', '--dir', desk);
    const listed = await world.must('exhibits', '--dir', desk, '--json');
    const files = listed.lines.filter(({ words }) => words === 'قبل أن يُقطع').flatMap((one) => one['files'] as { sha256: string }[]);
    expect(files.map(({ sha256 }) => sha256)).toContain(createHash('sha256').update(content).digest('hex'));
  },
);

test('nothing is overwritten, and what is not known is not made', async () => {
  mkdirSync(world.path('taken'));
  await refused('DESK_EXISTS', ['export', '--dir', desk, '--exhibit', exhibit, '--out', world.path('taken')], world.path('taken'));
  const unknown = exhibit.replace(/^./, (letter) => (letter === 'a' ? 'b' : 'a'));
  await refused('DESK_NO_EXHIBIT', ['export', '--dir', desk, '--exhibit', unknown, '--out', world.path('out')], world.path('out'), desk);
  await refused('DESK_NO_EXHIBIT', ['release', '--dir', desk, '--exhibit', unknown, '--title', 'x'], desk);
  writeFileSync(world.path('taken', 'thesis.txt'), 'mine');
  await refused('PRESS_FOREIGN_FILES', ['press', '--dir', desk, '--out', world.path('taken')], world.path('taken'));
  await world.must('export', '--dir', desk, '--exhibit', exhibit, '--out', world.path('out'));
  expect(readFileSync(world.path('out', 'original-1.jpg'))).toEqual(photo);
});

test('any altered or missing file of the site, and another newsroom, is not proved', async () => {
  const copy = world.path('site-copy');
  cpSync(site, copy, { recursive: true });
  const [page = ''] = readdirSync(join(site, 'ar')).filter((name) => /^[^i].*\.html$/.test(name));
  const id = page.replace('.html', '');
  const [medium = ''] = readdirSync(join(site, 'media'));
  const inSite = [`ar/${page}`, `proof/${id}.json`, 'site.json', `media/${medium}`];
  for (const file of inSite) {
    const good = readFileSync(join(copy, file));
    writeFileSync(join(copy, file), turned(good, good.length >> 1));
    notProved(await world.run('verify', copy));
    rmSync(join(copy, file));
    notProved(await world.run('verify', copy));
    writeFileSync(join(copy, file), good);
  }
  mkdirSync(world.path('alone'));
  cpSync(join(site, 'ar', page), world.path('alone', page));
  notProved(await world.run('verify', world.path('alone', page)));
  notProved(await world.run('verify', copy, '--newsroom', '0'.repeat(64)));
  notProved(await world.run('verify', world.path('nothing')));
  await refused('CLI_USAGE', ['verify', copy, '--newsroom', 'abc'], copy);
  await world.must('verify', copy, '--newsroom', newsroom);
});

/** What is checked is told on standard output, a path and a code each; standard error says once that it does not hold. */
function notProved(ended: Ended): void {
  expect.soft(ended.code).toBe(1);
  expect.soft(ended.stdout).toMatch(/: NOT PROVED\n {2}.+ \[VERIFY_[A-Z_]+\]/);
  expect.soft(ended.stdout).toMatch(/^NOT proved: 1 of 1$/m);
  expect.soft(ended.stderr).toMatch(/^zajil: 1 of 1 given things are not proved; do not rely on them\. \[VERIFY_[A-Z_]+\]\n$/);
}

/** A disk of so many bytes, where root may mount one. */
function smallDisk(name: string, size: string): string | null {
  const folder = world.path(name);
  mkdirSync(folder);
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status !== 0) return null;
  mounted.push(folder);
  return folder;
}

const enlarge = (folder: string): void => void spawnSync('mount', ['-o', 'remount,size=64m', folder]);
const probe = spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']);
const canMount = process.getuid?.() === 0 && probe.status === 0;
if (!canMount) console.log('refusals: full disks are skipped: only root can mount a small disk');

test.skipIf(!canMount)('a full disk is said so; with room again the same command ends what was begun', { timeout: 180_000 }, async () => {
  const content = randomBytes(3_000_000);
  writeFileSync(world.path('big.bin'), content);
  const state = smallDisk('small-state', '600k') ?? '';
  const words = send(invite, 'small-state', '--words', 'قرص ممتلئ', '--timeout', '5', world.path('big.bin'));
  saysOnce(await world.run(...words), 'LINE_STORAGE');
  enlarge(state);
  await world.must(...words);

  const out = smallDisk('small-site', '40k') ?? '';
  await refused('CLI_DISK_FULL', ['press', '--dir', desk, '--out', join(out, 'site')], out);
  enlarge(out);
  await world.must('press', '--dir', desk, '--out', join(out, 'site'));

  const folder = smallDisk('small-desk', '64m') ?? '';
  cpSync(desk, join(folder, 'desk'), { recursive: true });
  const used = Number(spawnSync('du', ['-sk', folder]).stdout.toString().split('\t')[0]);
  spawnSync('mount', ['-o', `remount,size=${used + 900}k`, folder]);
  saysOnce(await world.run('collect', '--dir', join(folder, 'desk'), '--json'), 'DESK_DISK');
  enlarge(folder);
  await world.must('collect', '--dir', join(folder, 'desk'));
  const listed = await world.must('exhibits', '--dir', join(folder, 'desk'), '--json');
  expect(JSON.stringify(listed.lines)).toContain(createHash('sha256').update(content).digest('hex'));
});

test.skipIf(!canMount)('a relay whose disk is full says so and loses nothing that it promised', { timeout: 180_000 }, async () => {
  const folder = smallDisk('small-relay', '2m') ?? '';
  const running = await world.serve(
    'relay',
    '--dir',
    join(folder, 'relay'),
    '--listen',
    '127.0.0.1:0',
    '--newsroom',
    desk,
    '--publish',
    '2',
  );
  const there = (await world.must('newsroom', 'invite', '--dir', desk, '--relay', running.url)).stdout.trim();
  const words = send(there, 'to-small-relay', '--words', 'مرحلٌ ممتلئ', '--timeout', '5', world.path('big.bin'));
  const ended = await world.run(...words);
  saysOnce(ended, 'CLI_TIMEOUT');
  expect(ended.lines.filter(({ event }) => event === 'trouble').map(({ code }) => code)).toEqual(['LINE_RELAY_FULL']);
  enlarge(folder);
  await world.must(...words.map((word) => (word === '5' ? '60' : word)));
});
