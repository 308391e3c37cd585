/** For journeys of sealed parcels: a newsroom, a real relay that serves it, parcels, and a spool with a dispatch in it. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Invitation, type Layer, formatDoors, makeParcelHead, nameToHex, parcelName, toHex, tokenHash } from '@zajil/format';
import { type ParcelNote, type Spool, type SuppliedParcel, announceDispatch } from '@zajil/line';
import { createSigner, signNote } from '@zajil/log';
import { type RunningRelay, startRelay } from '@zajil/relay';
import { type Roster, appendStatement, nextLink, verifyRoster } from '@zajil/roster';

export interface LineRig {
  readonly relay: RunningRelay;
  readonly roster: Roster;
  /** Points at the relay itself; put a bad line's address in its place. */
  readonly invitation: Invitation;
  readonly folder: string;
  stop(): Promise<void>;
}

const day = new Date().toISOString().slice(0, 10);
const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(createHash('sha256').update(bytes).digest());

/** Starts a relay whose newsroom names its key. */
export async function startLineRig(): Promise<LineRig> {
  const folder = await mkdtemp(join(tmpdir(), 'zajil-line-'));
  const newsroomFolder = join(folder, 'newsroom');
  const relay = await startRelay({
    folder: join(folder, 'relay'),
    host: '127.0.0.1',
    port: 0,
    newsroomFolder,
    publishSeconds: 1,
    batchLeaves: 4,
  });
  const token = randomBytes(16);
  const roster = await found(newsroomFolder, relay.vkey, token);
  const invitation = { relays: [relay.url], newsroom: roster.name, token, plain: false };
  const stop = async (): Promise<void> => {
    await relay.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { relay, roster, invitation, folder, stop };
}

async function found(folder: string, relayVkey: string, token: Uint8Array): Promise<Roster> {
  const device = createSigner('desk-one', randomBytes(32));
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
  const first = appendStatement('', statement, device);
  const chain = appendStatement(first, { kind: 'relay', ...nextLink(verifyRoster(first, null)), day, vkey: relayVkey }, device);
  const roster = verifyRoster(chain, null);
  const doors = signNote(formatDoors({ newsroom: toHex(roster.name), seq: 0, tokens: [tokenHash(token)] }), device);
  await mkdir(join(folder, 'public', 'keys'), { recursive: true });
  await writeFile(join(folder, 'public', 'doors.txt'), doors);
  await writeFile(join(folder, 'public', 'roster.txt'), chain);
  return roster;
}

/** A parcel of random bytes, which is all that a line can see of a sealed one. */
export function randomParcel(kibibytes: number, place: Partial<ParcelNote> & { layer: Layer }): SuppliedParcel {
  const bytes = new Uint8Array(randomBytes(kibibytes * 1024));
  const head = makeParcelHead(bytes, sha256);
  return { dispatch: 'one', urgent: false, order: 1, file: 0, view: 0, part: 0, ...place, name: parcelName(head), head, bytes };
}

/** Puts a dispatch of one file: words, glance, cut, `parts` of a whole, tally. Returns the names in the order of sending. */
export async function putDispatch(spool: Spool, sizes: { cut: number; whole: number; parts: number }): Promise<string[]> {
  await announceDispatch(spool, { key: 'one', id: randomBytes(16), urgent: false, order: 1, wholes: [null] });
  const parcels = [
    randomParcel(8, { layer: 'words' }),
    randomParcel(16, { layer: 'glance' }),
    randomParcel(sizes.cut, { layer: 'cut' }),
    ...Array.from({ length: sizes.parts }, (_, part) => randomParcel(sizes.whole, { layer: 'whole', part })),
    randomParcel(8, { layer: 'tally' }),
  ];
  for (const { name, head, bytes, ...place } of parcels)
    await spool.put({ ...place, name: nameToHex(name), bytes: bytes.length }, head, bytes);
  return parcels.map((parcel) => nameToHex(parcel.name));
}
