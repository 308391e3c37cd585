import {
  asCiphertext,
  bucketBytes,
  formatPart,
  hybridHeaderBytes,
  parcelPlainBytes,
  partHeadBytes,
  readPlaintext,
  revealSecret,
} from '@zajil/format';
import { generateX25519Identity, identityToRecipient, Stanza } from 'age-encryption';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openParcel, openWithFileKey } from './parcel.ts';
import { openPayload } from './payload.ts';
import { altered, footage, foundDesk, head, sealAge, sealParcel } from './parcel.fixture.ts';

const bucket = 256 * 1024;
const full = parcelPlainBytes(bucket) - partHeadBytes(head.type);

it('opens what typage sealed, of every bucket, and gives its file key', async () => {
  const desk = await foundDesk();
  for (const bytes of bucketBytes) {
    const content = footage(parcelPlainBytes(bytes) - partHeadBytes(head.type) - 3);
    const { parcel, fileKey } = await sealParcel(desk, content, {}, bytes);
    const opened = await openParcel(parcel, [desk.identity]);
    expect(parcel.length).toBe(bytes);
    expect(opened?.part.head).toEqual(head);
    expect(Buffer.compare(readPlaintext(opened?.part.content ?? never()), content)).toBe(0);
    expect(revealSecret(opened?.fileKey ?? never())).toEqual(revealSecret(fileKey));
    const again = await openWithFileKey(parcel, fileKey);
    expect(Buffer.compare(readPlaintext(again.content), content)).toBe(0);
  }
});

it('says null, not a refusal, when it is sealed to another', async () => {
  const { parcel } = await sealParcel(await foundDesk(1), footage(100), {}, 8192);
  expect(await openParcel(parcel, [(await foundDesk(2)).identity, (await foundDesk(3)).identity])).toBeNull();
  expect(await openParcel(parcel, [])).toBeNull();
});

it('refuses one bit turned anywhere, and never says anything but a refusal', async () => {
  const desk = await foundDesk();
  const { parcel, fileKey } = await sealParcel(desk, footage(full), {}, bucket);
  const codes = ['OPEN_ALTERED', 'OPEN_HEADER', 'OPEN_STANZA'];
  const places = fc.oneof(fc.nat(parcel.length - 1), fc.nat(hybridHeaderBytes + 20), fc.constantFrom(parcel.length - 1, hybridHeaderBytes));
  await fc.assert(
    fc.asyncProperty(places, async (at) => {
      const opened = await openParcel(altered(parcel, at), [desk.identity]).catch((error: unknown) => error);
      // A turned bit in the share or the body is a stanza sealed to nobody here.
      if (opened === null) expect(at).toBeLessThan(hybridHeaderBytes);
      else expect(codes).toContain((opened as { code: string }).code);
      await expect(openWithFileKey(altered(parcel, at), fileKey)).rejects.toMatchObject({ name: 'OpenError' });
    }),
    { numRuns: 60 },
  );
});

it('refuses every other size', async () => {
  const desk = await foundDesk();
  const { parcel } = await sealParcel(desk, footage(full), {}, bucket);
  for (const length of [0, 1, 8191, bucket - 1, bucket - 4096]) {
    await expect(openParcel(asCiphertext(parcel.subarray(0, length)), [desk.identity])).rejects.toMatchObject({ code: 'OPEN_SIZE' });
  }
  const longer = asCiphertext(Buffer.concat([parcel, Buffer.alloc(1)]));
  await expect(openParcel(longer, [desk.identity])).rejects.toMatchObject({ code: 'OPEN_SIZE' });
});

it('refuses a parcel cut down to a smaller bucket, or filled up to a larger', async () => {
  const desk = await foundDesk();
  const { parcel } = await sealParcel(desk, footage(full), {}, bucket);
  const cut = asCiphertext(parcel.subarray(0, bucket / 2));
  const filled = asCiphertext(Buffer.concat([parcel, Buffer.alloc(bucket)]));
  for (const other of [cut, filled]) await expect(openParcel(other, [desk.identity])).rejects.toMatchObject({ code: 'OPEN_ALTERED' });
});

it('says truncated when whole chunks are missing at the end', async () => {
  const desk = await foundDesk();
  const { parcel } = await sealParcel(desk, footage(full), {}, bucket);
  const chunk = hybridHeaderBytes + 16 + 65_552;
  const opened = await openParcel(parcel, [desk.identity]);
  const payload = parcel.subarray(hybridHeaderBytes, chunk);
  expect(() => openPayload(opened?.fileKey ?? never(), payload)).toThrow(expect.objectContaining({ code: 'OPEN_TRUNCATED' }));
  expect(() => openPayload(opened?.fileKey ?? never(), payload.subarray(0, 20))).toThrow(
    expect.objectContaining({ code: 'OPEN_TRUNCATED' }),
  );
});

it('refuses any recipient beside the newsroom, and any other kind', async () => {
  const desk = await foundDesk();
  const other = await identityToRecipient(await generateX25519Identity());
  const grease = { wrapFileKey: () => [new Stanza(['some-grease', 'x'], footage(5))] };
  const second = (await foundDesk(2)).recipient;
  for (const recipients of [
    [desk.recipient, other],
    [desk.recipient, grease],
    [grease, desk.recipient],
    [desk.recipient, second],
    [other],
  ]) {
    const empty = await sealAge(new Uint8Array(0), ...recipients);
    const room = bucket - (empty.length - 16);
    const plain = formatPart(head, footage(10), room - 16 * Math.ceil(room / 65_552));
    const parcel = await sealAge(plain, ...recipients);
    expect(parcel.length).toBe(bucket);
    await expect(openParcel(parcel, [desk.identity])).rejects.toMatchObject({ code: 'OPEN_STANZA' });
  }
});

it('refuses padding that is not zero, and a plaintext that is no part', async () => {
  const desk = await foundDesk();
  const plain = formatPart(head, footage(10), parcelPlainBytes(8192));
  plain[plain.length - 1] = 1;
  await expect(openParcel(await sealAge(plain, desk.recipient), [desk.identity])).rejects.toMatchObject({ code: 'OPEN_PADDING' });
  const noise = footage(parcelPlainBytes(8192));
  await expect(openParcel(await sealAge(noise, desk.recipient), [desk.identity])).rejects.toMatchObject({ code: 'OPEN_PART' });
});

it('refuses whatever is not a parcel, of a bucket size', async () => {
  const desk = await foundDesk();
  for (const bytes of [new Uint8Array(8192), footage(8192), Buffer.alloc(8192, 'age-encryption.org/v1\n---')])
    await expect(openParcel(asCiphertext(bytes), [desk.identity])).rejects.toMatchObject({ code: 'OPEN_HEADER' });
});

it('shows nothing of what it opened when printed', async () => {
  const desk = await foundDesk();
  const { parcel } = await sealParcel(desk, Buffer.from('CANARY of the third street'), {}, 8192);
  const opened = await openParcel(parcel, [desk.identity]);
  expect(JSON.stringify(opened)).not.toContain('CANARY');
  expect(JSON.parse(JSON.stringify(opened))).toMatchObject({ fileKey: '<secret>', part: { content: '<plaintext>' } });
});

function never(): never {
  throw new Error('nothing was opened');
}
