/** `zajil demo`: plays the whole journey without a hand, each step in one line with its figures. */
import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { formatInvitation, parseInvitation } from '@zajil/format';
import { makePassphrase, passphraseEntropyBytes } from '@zajil/keys';
import { BadLine } from '../bad-line.ts';
import type { Command } from '../command.ts';
import { findFootage } from '../demo/footage.ts';
import { Runner } from '../demo/runner.ts';
import { showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';

const words = 'سقطت قذيفة قرب المخبز في التاسعة صباحًا. لا إصابات حتى الآن. الصور من الزاوية الشمالية للساحة.';
const title = 'قذيفة قرب مخبز';

export const demo: Command = {
  spec: {
    name: 'demo',
    help: 'play the whole journey: send over a dying line, open, release, check, tamper',
    words: { name: 'FILE', least: 0 },
    options: {},
  },
  async run(args) {
    const folder = await mkdtemp(join(tmpdir(), 'zajil-demo-'));
    const passphraseFile = join(folder, 'passphrase');
    await writeFile(passphraseFile, `${makePassphrase(new Uint8Array(randomBytes(passphraseEntropyBytes)))}\n`, { mode: 0o600 });
    const runner = new Runner(passphraseFile);
    const play = new Play(folder, runner);
    try {
      const site = await play.all(args.words.map((path) => resolve(path)));
      process.stdout.write(`\nThe site: ${site}\n`);
      return 0;
    } finally {
      await play.line?.close();
      await runner.stop();
    }
  },
};

class Play {
  readonly #folder: string;
  readonly #runner: Runner;
  readonly #begun = Date.now();
  #step = 0;
  line: BadLine | null = null;

  constructor(folder: string, runner: Runner) {
    this.#folder = folder;
    this.#runner = runner;
  }

  #tell(text: string): void {
    this.#step += 1;
    const seconds = ((Date.now() - this.#begun) / 1000).toFixed(1);
    process.stdout.write(`${String(this.#step).padStart(2)}  ${seconds.padStart(6)} s  ${text}\n`);
  }

  async all(given: readonly string[]): Promise<string> {
    const files = given.length > 0 ? given : await this.#footage();
    const invite = await this.#newsroom(files);
    await this.#send(invite, files);
    const exhibit = await this.#open(invite, files);
    const site = await this.#release(exhibit);
    await this.#check(site);
    return site;
  }

  async #footage(): Promise<string[]> {
    const { photo, video, origin } = await findFootage(join(this.#folder, 'camera'));
    this.#tell(`footage: a photo and a video, ${origin}`);
    return [photo, video];
  }

  /** Founds, serves, invites; the invitation points at a line that dies. */
  async #newsroom(files: readonly string[]): Promise<string> {
    const desk = join(this.#folder, 'desk');
    const founded = await this.#runner.must(['newsroom', 'found', '--dir', desk, '--name', 'شبكة زاجل', '--json']);
    this.#tell(`founded: newsroom ${String(founded.lines[0]?.['newsroom']).slice(0, 16)}…, keys for 21 days under a generated passphrase`);
    const relay = await this.#runner.serve([
      'relay',
      '--dir',
      join(this.#folder, 'relay'),
      '--listen',
      '127.0.0.1:0',
      '--newsroom',
      desk,
      '--publish',
      '2',
    ]);
    const invited = await this.#runner.must(['newsroom', 'invite', '--dir', desk, '--relay', relay, '--label', 'demo']);
    const invitation = parseInvitation(invited.stdout);
    this.#tell(`invited: one link of ${invited.stdout.trim().length} characters; the relay serves at ${relay}`);
    const line = new BadLine(relay);
    this.line = line;
    const through = await line.listen();
    const sizes = await Promise.all(files.map(async (path) => (await stat(path)).size));
    const rate = Math.max(150_000, sizes.reduce((sum, size) => sum + size, 0) / 20);
    line.shape({ upBytesPerSecond: rate, delayMs: 60 });
    line.windows([{ upMs: 2500, downMs: 900 }], 'cut');
    this.#tell(`a line: ${showBytes(rate)} a second, 120 ms there and back, dead for 0.9 s after every 2.5 s`);
    return formatInvitation({ ...invitation, relays: [through] });
  }

  async #send(invite: string, files: readonly string[]): Promise<void> {
    const firsts = new Map<string, number>();
    const begun = Date.now();
    const note = (line: Record<string, unknown>): void => {
      const layer = String(line['layer']);
      if (line['event'] === 'segment' && line['state'] === 'taken' && !firsts.has(layer)) firsts.set(layer, (Date.now() - begun) / 1000);
    };
    const state = join(this.#folder, 'phone');
    await this.#runner.must(
      ['send', '--invite', invite, '--state', state, '--words', words, '--until', 'taken', '--timeout', '600', '--json', ...files],
      note,
    );
    const stats = this.line?.stats;
    const order = [...firsts].map(([layer, seconds]) => `${layer} ${seconds.toFixed(1)} s`).join(', ');
    this.#tell(
      `sent: ${files.length} file(s) and words, ${showBytes(stats?.bytesUp ?? 0)} crossed the line, which broke or refused ${stats?.broken ?? 0} of ${stats?.connections ?? 0} connections; taken: ${order}`,
    );
    if ((stats?.broken ?? 0) === 0)
      throw new CliError('CLI_DEMO', 'The line never died while sending, so nothing was shown. Give larger files');
  }

  async #open(invite: string, files: readonly string[]): Promise<string> {
    const desk = join(this.#folder, 'desk');
    const collected = await this.#runner.must(['collect', '--dir', desk, '--json']);
    const figures = collected.lines.at(-1) ?? {};
    this.#tell(
      `collected: ${String(figures['filed'])} parcels, ${showBytes(Number(figures['filedBytes'] ?? 0))}, in ${collected.seconds.toFixed(1)} s; acknowledged ${String(figures['acknowledged'])}`,
    );
    const listed = await this.#runner.must(['exhibits', '--dir', desk, '--json']);
    const exhibit = listed.lines.find((line) => line['event'] === 'exhibit');
    const originals = (exhibit?.['files'] ?? []) as { complete: boolean; sha256: string }[];
    if (!exhibit || originals.length !== files.length || !originals.every(({ complete }) => complete))
      throw new CliError('CLI_DEMO', 'Not every original arrived whole');
    this.#tell(
      `opened: exhibit ${String(exhibit['id'])}, ${originals.length} original(s) complete by SHA-256 (${originals.map(({ sha256 }) => `${sha256.slice(0, 8)}…`).join(', ')})`,
    );
    const state = join(this.#folder, 'phone');
    const asked = await this.#runner.must([
      'send',
      '--invite',
      invite,
      '--state',
      state,
      '--until',
      'opened',
      '--timeout',
      '120',
      '--json',
    ]);
    this.#tell(`the phone was told: they have it${asked.lines.at(-1)?.['safeToErase'] === true ? ', safe to erase' : ''}`);
    return String(exhibit['id']);
  }

  async #release(exhibit: string): Promise<string> {
    const desk = join(this.#folder, 'desk');
    const site = join(this.#folder, 'site');
    const released = await this.#runner.must([
      'release',
      '--dir',
      desk,
      '--exhibit',
      exhibit,
      '--title',
      title,
      '--lang',
      'ar',
      '--media',
      'full',
      '--json',
    ]);
    const release = released.lines.at(-1) ?? {};
    this.#tell(
      `released: ${String(release['id'])}, ${((release['media'] ?? []) as unknown[]).length} new media without metadata, in ${released.seconds.toFixed(1)} s`,
    );
    const pressed = await this.#runner.must(['press', '--dir', desk, '--out', site, '--json']);
    const page = await stat(join(site, 'ar', `${String(release['id'])}.html`));
    this.#tell(`pressed: ${String(pressed.lines.at(-1)?.['files'])} files; the page has ${showBytes(page.size)}, no script, one request`);
    return site;
  }

  async #check(site: string): Promise<void> {
    const verified = await this.#runner.must(['verify', site, '--json']);
    this.#tell(`verified: the whole site is proved, offline, in ${verified.seconds.toFixed(1)} s`);
    const copy = join(this.#folder, 'tampered');
    await cp(site, copy, { recursive: true });
    const [name] = (await readdir(join(copy, 'media'))).sort();
    const target = join(copy, 'media', name ?? '');
    const bytes = await readFile(target);
    const at = Math.floor(bytes.length / 2);
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
    await writeFile(target, bytes);
    const refused = await this.#runner.run(['verify', copy, '--json']);
    if (refused.code === 0) throw new CliError('CLI_DEMO', 'A tampered copy was not refused');
    const code = refused.lines.find((line) => line['ok'] === false)?.['code'];
    this.#tell(`tampered: one bit of ${showBytes(bytes.length)} turned in a copy; verification refuses it (${String(code)})`);
    await rm(copy, { recursive: true });
  }
}
