/**
 * Sealing and opening, side by side with typage, node's bare cipher and the `age` command: `node bench/sealing.ts`.
 *
 * Prints one table and writes it to `results/sealing.md`. Ends with status 1 when a goal is missed.
 */
import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { equalBytes, makeParcelHead, parcelName } from '@zajil/format';
import { openAgeStream, openParcel, openWithFileKey } from '@zajil/open';
import { sealBytes, toRecipient } from '@zajil/seal';
import { Decrypter, Encrypter } from 'age-encryption';
import { sealBytes as sealBytesPortably } from '@zajil/seal/portable';
import { type Contender, Rounds } from './rounds.ts';
import { contentBytes, type Material, prepare, stream } from './sealing-material.ts';
import { formatTable } from './table.ts';

/** One line of the table: a contender, what it is measured against, and the least ratio that it must reach. */
interface Entry extends Contender {
  readonly against?: Contender;
  readonly goal?: number;
  /** A process of its own, whose processor time is not ours to read. */
  readonly foreign?: boolean;
}

const sha256 = (bytes: Uint8Array) => Buffer.from(hash('sha256', bytes, 'latin1'), 'latin1');

function sealing(m: Material): Entry[] {
  const typage = {
    name: 'typage seals 1 MiB',
    bytes: contentBytes,
    run: async () => {
      const encrypter = new Encrypter();
      encrypter.addRecipient(toRecipient(m.recipient));
      await encrypter.encrypt(m.content);
    },
  };
  return [
    typage,
    {
      name: 'seal, Node: parcel of 1 MiB with head and name',
      bytes: contentBytes,
      run: async () => await sealBytes(stream, m.content, m.recipient),
      against: typage,
      goal: 1,
    },
    {
      name: 'seal, portable: parcel of 1 MiB with head and name',
      bytes: contentBytes,
      run: async () => await sealBytesPortably(stream, m.content, m.recipient),
      against: typage,
    },
  ];
}

function openingPayload(m: Material): Entry[] {
  const cipher = { name: "node's chacha20-poly1305 over the payload of 16 MiB", bytes: m.filmBytes, run: () => m.rawFilm.decipher() };
  return [
    cipher,
    { name: 'open: payload of 16 MiB', bytes: m.filmBytes, run: async () => await drain(m), against: cipher, goal: 0.8 },
    {
      name: 'typage opens the same file',
      bytes: m.filmBytes,
      run: async () => {
        const decrypter = new Decrypter();
        decrypter.addIdentity(m.identityText);
        await decrypter.decrypt(m.film);
      },
      against: cipher,
    },
    ...ageCommand(m, cipher),
  ];
}

async function drain(m: Material): Promise<number> {
  let bytes = 0;
  for await (const chunk of openAgeStream([m.film], { identities: [m.identity] })) bytes += chunk.length;
  return bytes;
}

/** Debian's age, where it is installed; a process is started for each file. */
function ageCommand(m: Material, cipher: Contender): Entry[] {
  const version = spawnSync('age', ['--version'], { encoding: 'utf8' });
  if (version.status !== 0) return [];
  const name = `age ${version.stdout.trim()} (command, X25519) opens the same plaintext`;
  const run = () => {
    const args = ['-d', '-i', join(m.folder, 'key.txt'), '-o', '/dev/null', join(m.folder, 'film.age')];
    if (spawnSync('age', args).status !== 0) throw new Error('age did not open the file');
  };
  return [{ name, bytes: m.filmBytes, run, against: cipher, foreign: true }];
}

function openingParcels(m: Material): Entry[] {
  const cipher = { name: "node's chacha20-poly1305 over the payload of 1 MiB", bytes: contentBytes, run: () => m.rawParcel.decipher() };
  const whole = async () => {
    const name = parcelName(makeParcelHead(m.parcel.bytes, sha256), sha256);
    if (!equalBytes(name, m.parcel.name)) throw new Error('another parcel');
    return await openParcel(m.parcel.bytes, [m.identity]);
  };
  return [
    cipher,
    { name: 'open: parcel of 1 MiB, pieces hashed, header, part', bytes: contentBytes, run: whole, against: cipher, goal: 0.35 },
    {
      name: 'open: parcel of 1 MiB by its file key',
      bytes: contentBytes,
      run: async () => await openWithFileKey(m.parcel.bytes, m.parcelKey),
      against: cipher,
    },
    {
      name: 'typage opens the same parcel',
      bytes: contentBytes,
      run: async () => {
        const decrypter = new Decrypter();
        decrypter.addIdentity(m.identityText);
        await decrypter.decrypt(m.parcel.bytes);
      },
      against: cipher,
    },
  ];
}

function toRow(entry: Entry, rounds: Rounds): string[] {
  const measure = entry.foreign ? 'clock' : 'processor';
  const clock = rounds.speed(entry, 'clock').toFixed(0);
  const processor = entry.foreign ? '' : rounds.speed(entry, 'processor').toFixed(0);
  if (!entry.against) return [entry.name, clock, processor, '1.00', '', 'yardstick'];
  const ratio = rounds.ratio(entry, entry.against, measure);
  const goal = entry.goal === undefined ? '' : `≥ ${entry.goal.toFixed(2)}`;
  const verdict = entry.goal === undefined ? '' : ratio >= entry.goal ? 'met' : 'MISSED';
  return [entry.name, clock, processor, ratio.toFixed(2), goal, verdict];
}

function page(table: string, rounds: number): string {
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  const machine = `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, load ${load}`;
  return `# Sealing and opening\n\n${machine}. Medians of ${rounds} interleaved rounds; MB are 10^6 bytes of plaintext.\nEach ratio is to the yardstick above it, by processor time (all threads, the collector's too); of the command, by the clock.\n\n${table}\n`;
}

const roundsRun = 11;
const material = await prepare();
try {
  const groups = [sealing(material), openingPayload(material), openingParcels(material)];
  const rows = [['what', 'MB/s', 'MB/CPU s', 'ratio', 'goal', '']];
  for (const entries of groups) {
    const rounds = await Rounds.run(entries, roundsRun, 150);
    rows.push(...entries.map((entry) => toRow(entry, rounds)));
  }
  const text = page(formatTable(rows), roundsRun);
  console.log(text);
  await mkdir(join(import.meta.dirname, 'results'), { recursive: true });
  await writeFile(join(import.meta.dirname, 'results', 'sealing.md'), text);
  if (rows.some((row) => row.includes('MISSED'))) process.exitCode = 1;
} finally {
  await material.remove();
}
