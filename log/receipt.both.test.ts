import { leafEntry, promiseText, utf8 } from '@zajil/format';
import { expect, test } from 'vitest';
import { verifyPromise, verifyReceipt } from './receipt.ts';
import { createSigner } from './signer.ts';
import { TileLog } from './tile-log.ts';
import { MemoryTiles } from './tile-store.ts';

const relay = createSigner('relay.example/1', new Uint8Array(32).fill(1));
const name = new Uint8Array(32).fill(7);
const salt = new Uint8Array(16).fill(8);
const quarter = 1_900_000;
const promised = { salt, quarter, signature: relay.sign(utf8(promiseText('relay.example/1', name, salt, quarter))) };

async function receiptOf(entry: Uint8Array): Promise<string> {
  const log = await TileLog.open(new MemoryTiles(), relay);
  await log.append([utf8('before'), entry, utf8('after')]);
  return log.receipt(1);
}

test('a promise holds for its parcel, time, salt and relay alone', () => {
  expect(verifyPromise(relay.vkey, name, promised)).toBe(promised);
  const other = createSigner('relay.example/1', new Uint8Array(32).fill(2));
  const renamed = createSigner('relay.example/2', new Uint8Array(32).fill(1));
  expect(() => verifyPromise(other.vkey, name, promised)).toThrow('not by this key');
  expect(() => verifyPromise(renamed.vkey, name, promised)).toThrow('not by this key');
  expect(() => verifyPromise(relay.vkey, salt, promised)).toThrow('not by this key');
  expect(() => verifyPromise(relay.vkey, name, { ...promised, quarter: quarter - 1 })).toThrow('not by this key');
  expect(() => verifyPromise(relay.vkey, name, { ...promised, salt: new Uint8Array(16) })).toThrow('not by this key');
});

test('a receipt leads from the promised entry to the relay’s checkpoint', async () => {
  const receipt = await receiptOf(leafEntry(salt, name, quarter));
  expect(verifyReceipt(relay.vkey, name, promised, receipt)).toMatchObject({ size: 3, index: 1 });
});

test('a receipt of a back-dated entry, for another parcel, or at another index is refused', async () => {
  const receipt = await receiptOf(leafEntry(salt, name, quarter));
  const backDated = await receiptOf(leafEntry(salt, name, quarter - 1));
  expect(() => verifyReceipt(relay.vkey, name, promised, backDated)).toThrow('as claimed');
  expect(() => verifyReceipt(relay.vkey, new Uint8Array(32), promised, receipt)).toThrow('as claimed');
  expect(() => verifyReceipt(relay.vkey, name, promised, receipt.replace('index 1', 'index 0'))).toThrow('as claimed');
});

test('a receipt under a checkpoint that the relay did not sign is refused', async () => {
  const receipt = await receiptOf(leafEntry(salt, name, quarter));
  expect(() => verifyReceipt(relay.vkey, name, promised, receipt.replace('\n3\n', '\n4\n'))).toThrow('not by this key');
  const other = createSigner('other.example', new Uint8Array(32).fill(2));
  expect(() => verifyReceipt(other.vkey, name, promised, receipt)).toThrow('nobody');
});
