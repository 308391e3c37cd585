/** For journeys of sealed parcels: a newsroom, a real relay that serves it, parcels, and a spool with a dispatch in it. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Invitation, type Layer, formatDoors, makeParcelHead, nameToHex, parcelName, toHex, tokenHash } from '@zajil/format';
import { type Clock, type ParcelNote, type Spool, type SuppliedParcel, announceDispatch, platformClock } from '@zajil/line';
import { type NoteSigner, createSigner, signNote } from '@zajil/log';
import { type RelayOptions, type RunningRelay, startRelay } from '@zajil/relay';
import { type Roster, appendStatement, nextLink, verifyRoster } from '@zajil/roster';

export interface LineRig {
  /** The first of its relays. */
  readonly relay: RunningRelay;
  readonly relays: readonly RunningRelay[];
  readonly roster: Roster;
  /** The newsroom's only device. */
  readonly device: NoteSigner;
  /** Points at the relays themselves; put a bad line's address in their place. */
  readonly invitation: Invitation;
  readonly folder: string;
  /** Of relay number `at`: `relay.key`, `parcels/`, `staging/`. */
  relayFolder(at?: number): string;
  /** Stops a relay, lets `meanwhile` happen to its folder, and starts it again there on the same port. */
  restart(at: number, more?: RelayMore, meanwhile?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** What a fault may change of a relay. */
export type RelayMore = Pick<RelayOptions, 'now' | 'quotaBytes' | 'limits'>;

const day = new Date().toISOString().slice(0, 10);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Starts relays whose newsroom names their keys. @param more - of each relay; as many are started */
export async function startLineRig(more: readonly RelayMore[] = [{}]): Promise<LineRig> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-line-'));
  const newsroomFolder = join(folder, 'newsroom');
  const relayFolder = (at = 0): string => join(folder, at === 0 ? 'relay' : `relay-${at}`);
  const start = async (at: number, port: number, more: RelayMore): Promise<RunningRelay> =>
    startRelay({ folder: relayFolder(at), host: '127.0.0.1', port, newsroomFolder, publishSeconds: 1, batchLeaves: 4, ...more });
  const relays = await Promise.all(more.map((one, at) => start(at, 0, one)));
  const token = randomBytes(16);
  const device = createSigner('desk-one', randomBytes(32));
  const vkeys = relays.map((relay) => relay.vkey);
  const roster = await found(newsroomFolder, device, vkeys, token);
  const invitation = { relays: relays.map((relay) => relay.url), newsroom: roster.name, token, plain: false };
  const first = relays[0];
  if (!first) throw new RangeError('a rig has at least one relay');
  const restart = async (at: number, more: RelayMore = {}, meanwhile: () => Promise<void> = async () => {}): Promise<void> => {
    await relays[at]?.stop();
    await meanwhile();
    relays[at] = await start(at, Number(new URL(invitation.relays[at] ?? '').port), more);
  };
  const stop = async (): Promise<void> => {
    await Promise.all(relays.map((relay) => relay.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  return { relay: first, relays, roster, device, invitation, folder, relayFolder, restart, stop };
}

async function found(folder: string, device: NoteSigner, relayVkeys: readonly string[], token: Uint8Array): Promise<Roster> {
  const statement = {
    kind: 'found',
    seq: 0,
    prev: '',
    day,
    device: { vkey: device.vkey, recipient: toHex(randomBytes(32)) },
    log: createSigner('newsroom-log', randomBytes(32)).vkey,
    quorum: 1,
    nonce: toHex(randomBytes(32)),
  } as const;
  let chain = appendStatement('', statement, device);
  for (const vkey of relayVkeys) {
    chain = appendStatement(chain, { kind: 'relay', ...nextLink(verifyRoster(chain, null)), day, vkey }, device);
  }
  const roster = verifyRoster(chain, null);
  const doors = signNote(formatDoors({ newsroom: toHex(roster.name), seq: 0, tokens: [tokenHash(token)] }), device);
  await mkdir(join(folder, 'public', 'keys'), { recursive: true });
  await writeFile(join(folder, 'public', 'doors.txt'), doors);
  await writeFile(join(folder, 'public', 'roster.txt'), chain);
  return roster;
}

/** Ten times faster than the wall clock: what deserves patience on a line is too long for a test. */
export const fastClock: Clock = {
  now: () => 10 * performance.now(),
  sleep: (ms, signal) => platformClock.sleep(ms / 10, signal),
};

/** A parcel of random bytes, which is all that a line can see of a sealed one. */
export function randomParcel(kibibytes: number, place: Partial<ParcelNote> & { layer: Layer }): SuppliedParcel {
  const bytes = new Uint8Array(randomBytes(kibibytes * 1024));
  const head = makeParcelHead(bytes, sha256);
  return { dispatch: 'one', urgent: false, order: 1, file: 0, view: 0, part: 0, ...place, name: parcelName(head), head, bytes };
}

/** Puts parcels and the note of their dispatch. @returns the dispatch's id: 16 bytes */
export async function putParcels(spool: Spool, parcels: readonly SuppliedParcel[], files = 0): Promise<Uint8Array> {
  const id = new Uint8Array(randomBytes(16));
  const { dispatch: key = 'one', order = 1 } = parcels[0] ?? {};
  await announceDispatch(spool, { key, id, urgent: false, order, wholes: Array.from({ length: files }, () => null) });
  for (const { name, head, bytes, ...place } of parcels)
    await spool.put({ ...place, name: nameToHex(name), bytes: bytes.length }, head, bytes);
  return id;
}

/** Puts a dispatch of one file: words, glance, cut, `parts` of a whole, tally. Returns the names in the order of sending. */
export async function putDispatch(spool: Spool, sizes: { cut: number; whole: number; parts: number }): Promise<string[]> {
  const parcels = [
    randomParcel(8, { layer: 'words' }),
    randomParcel(16, { layer: 'glance' }),
    randomParcel(sizes.cut, { layer: 'cut' }),
    ...Array.from({ length: sizes.parts }, (_, part) => randomParcel(sizes.whole, { layer: 'whole', part })),
    randomParcel(8, { layer: 'tally' }),
  ];
  await putParcels(spool, parcels, 1);
  return parcels.map((parcel) => nameToHex(parcel.name));
}

/** Names of the parcels that a relay's disk holds whole: their bytes have the head that the name says. */
export async function wholeParcels(relayFolder: string): Promise<Set<string>> {
  const folder = join(relayFolder, 'parcels');
  // Made with the first parcel.
  if (!existsSync(folder)) return new Set();
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = new Set<string>();
  for (const file of files) {
    if (!file.isFile()) continue;
    const bytes = new Uint8Array(await readFile(join(file.parentPath, file.name)));
    names.add(nameToHex(parcelName(makeParcelHead(bytes, sha256), sha256)));
  }
  return names;
}
