import { sha256 } from '@noble/hashes/sha2.js';
import { toHex } from '@zajil/format';
import { expect, it } from 'vitest';
import { type Placement, placementOf } from './assembler.ts';
import { hashOriginal, type StoredParcel } from './hash-original.ts';
import { openParcel } from './parcel.ts';
import { footage, foundDesk, sealParcel } from './parcel.fixture.ts';

const original = footage(20_000);
const cuts = [0, 7000, 14_000, 20_000];

async function store(): Promise<{ parts: Placement[]; shelf: Map<string, StoredParcel> }> {
  const desk = await foundDesk();
  const shelf = new Map<string, StoredParcel>();
  const parts: Placement[] = [];
  for (let part = 0; part < 3; part += 1) {
    const content = original.slice(cuts[part], cuts[part + 1]);
    const { parcel } = await sealParcel(desk, content, { part, parts: 3, offset: cuts[part] ?? 0 }, 16_384);
    const opened = await openParcel(parcel, [desk.identity]);
    if (!opened) throw new Error('sealed to another');
    const name = sha256(parcel);
    shelf.set(toHex(name), { parcel, fileKey: opened.fileKey });
    parts.push(placementOf(name, opened.part));
  }
  return { parts, shelf };
}

const reader = (shelf: Map<string, StoredParcel>) => async (name: Uint8Array) => {
  const found = shelf.get(toHex(name));
  if (!found) throw new Error('no such parcel');
  return found;
};

it('hashes the original through its parcels', async () => {
  const { parts, shelf } = await store();
  expect(await hashOriginal(parts, reader(shelf))).toEqual(sha256(original));
});

it('refuses to hash with a part missing, or out of order', async () => {
  const { parts, shelf } = await store();
  for (const some of [parts.toSpliced(1, 1), parts.slice(1), parts.toReversed()])
    await expect(hashOriginal(some, reader(shelf))).rejects.toMatchObject({ code: 'OPEN_GAP' });
});

it('refuses a parcel that is not the one recorded', async () => {
  const { parts, shelf } = await store();
  const [first, second] = [...shelf.values()];
  if (!first || !second) throw new Error('nothing stored');
  await expect(hashOriginal(parts, async () => first)).rejects.toMatchObject({ code: 'OPEN_RECORD' });
  const wrongKey = { parcel: first.parcel, fileKey: second.fileKey };
  await expect(hashOriginal(parts, async () => wrongKey)).rejects.toMatchObject({ code: 'OPEN_ALTERED' });
});
