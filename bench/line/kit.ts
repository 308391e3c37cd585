/**
 * What a run needs, made before its clock starts: sealed parcels as files and in a spool, a founded newsroom, a relay's
 * folder with the key that the roster names. One kit serves all runs of a line; each run works on a copy.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDoors, nameToHex, parcelPlainBytes, partHeadBytes, Secret, toBase64Url, toHex, tokenHash } from '@zajil/format';
import { announceDispatch, FolderSpool } from '@zajil/line';
import { createSigner, signNote } from '@zajil/log';
import { createIdentity, recipientOf } from '@zajil/open';
import { startRelay } from '@zajil/relay';
import { appendStatement, nextLink, verifyRoster } from '@zajil/roster';
import { sealBytes } from '@zajil/seal';
import type { Kit, KitParcel } from './kit-file.ts';
import { planDispatch, type PlannedParcel } from './dispatch-sizes.ts';
import { putInto } from './spooling.ts';

/** Everything of a run's folder that starts as a copy. */
const copied = ['spool', 'relay', 'newsroom', 'parcels', 'kit.json'];

/**
 * @param bytes - of parcels that wait from the beginning
 * @param words - dispatches of words alone, sealed but not in the spool yet
 */
export async function makeKit(folder: string, bytes: number, words = 0): Promise<Kit> {
  await mkdir(join(folder, 'parcels'), { recursive: true });
  const newsroom = await foundNewsroom(folder);
  const spool = await FolderSpool.open(join(folder, 'spool'));
  await announceDispatch(spool, { key: 'd0', id: randomBytes(16), urgent: false, order: 0, wholes: [null] });
  const recipient = recipientOf(createIdentity(new Secret(randomBytes(32))));
  const planned = planDispatch(bytes).map((parcel) => ({ ...parcel, order: 0 }));
  const later = Array.from({ length: words }, (_, i) => ({ layer: 'words' as const, part: 0, bytes: 8192, order: i + 1 }));
  const parcels: KitParcel[] = [];
  for (const plan of [...planned, ...later]) {
    const sealed = await sealFull(plan, recipient);
    const note = { name: nameToHex(sealed.name), layer: plan.layer, part: plan.part, bytes: plan.bytes, order: plan.order };
    parcels.push(note);
    await writeFile(join(folder, 'parcels', note.name), sealed.bytes);
    await writeFile(join(folder, 'parcels', `${note.name}.head`), sealed.head);
    if (plan.order === 0) await putInto(spool, note, sealed.head, sealed.bytes);
  }
  const kit: Kit = { ...newsroom, parcels };
  await writeFile(join(folder, 'kit.json'), JSON.stringify(kit));
  return kit;
}

export async function copyKit(kit: string, run: string): Promise<void> {
  for (const part of copied) await cp(join(kit, part), join(run, part), { recursive: true });
}

/** A parcel full to the brim, so that its size is the one planned. */
async function sealFull(plan: PlannedParcel, recipient: Uint8Array): Promise<{ name: Uint8Array; head: Uint8Array; bytes: Uint8Array }> {
  const type = 'video/mp4';
  const content = randomBytes(parcelPlainBytes(plan.bytes) - partHeadBytes(type));
  const stream = { dispatch: randomBytes(16), layer: plan.layer, file: 0, view: 0, type };
  const [parcel, ...more] = await sealBytes(stream, content, recipient);
  if (!parcel || more.length > 0 || parcel.bytes.length !== plan.bytes) throw new Error('the parcel has another size than planned');
  return parcel;
}

/** The relay runs once on loopback, so that its key is there to be named. */
async function foundNewsroom(folder: string): Promise<Pick<Kit, 'token' | 'roster'>> {
  const newsroomFolder = join(folder, 'newsroom');
  await mkdir(join(newsroomFolder, 'public', 'keys'), { recursive: true });
  const relay = await startRelay({ folder: join(folder, 'relay'), host: '127.0.0.1', port: 0 });
  await relay.stop();
  const day = new Date().toISOString().slice(0, 10);
  const device = createSigner('desk-one', randomBytes(32));
  const first = appendStatement(
    '',
    {
      kind: 'found',
      seq: 0,
      prev: '',
      day,
      device: { vkey: device.vkey, recipient: toHex(randomBytes(32)) },
      log: createSigner('newsroom-log', randomBytes(32)).vkey,
      quorum: 1,
      nonce: toHex(randomBytes(32)),
    },
    device,
  );
  const chain = appendStatement(first, { kind: 'relay', ...nextLink(verifyRoster(first, null)), day, vkey: relay.vkey }, device);
  const token = randomBytes(16);
  const doors = formatDoors({ newsroom: toHex(verifyRoster(chain, null).name), seq: 0, tokens: [tokenHash(token)] });
  await writeFile(join(newsroomFolder, 'public', 'doors.txt'), signNote(doors, device));
  await writeFile(join(newsroomFolder, 'public', 'roster.txt'), chain);
  return { token: toBase64Url(token), roster: chain };
}
