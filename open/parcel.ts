/**
 * Opens one parcel: an age file of a bucket's size, with exactly one `mlkem768x25519` stanza, holding one part.
 *
 * `docs/protocol.md` sections "Parcel" and "Part".
 */
import {
  type Ciphertext,
  FormatError,
  hybridHeaderBytes,
  hybridStanzaType,
  isBucket,
  type PartHead,
  parsePart,
  Plaintext,
  revealSecret,
  type Secret,
} from '@zajil/format';
import type { Identity as AgeIdentity, Stanza } from 'age-encryption';
import { headerLength, openHeader } from './header.ts';
import type { Identity } from './identity.ts';
import { openPayload } from './payload.ts';
import { OpenError } from './refusal.ts';

export interface OpenedPart {
  readonly head: PartHead;
  readonly content: Plaintext;
}

export interface OpenedParcel {
  /** 16 bytes; opens this parcel and no other. */
  readonly fileKey: Secret;
  readonly part: OpenedPart;
}

/**
 * @param identities - tried in order
 * @returns null when it was sealed to none of them
 * @throws OpenError `OPEN_SIZE`, `OPEN_HEADER`, `OPEN_STANZA`, `OPEN_ALTERED`, `OPEN_TRUNCATED`, `OPEN_PART`, `OPEN_PADDING`
 */
export async function openParcel(parcel: Ciphertext, identities: readonly Identity[]): Promise<OpenedParcel | null> {
  const fileKey = await openHeader(parcelHeader(parcel), { identities }, judgeStanzas);
  return fileKey ? { fileKey, part: openPart(parcel, fileKey) } : null;
}

/** For a parcel whose file key is known; its header's MAC is checked too. @throws OpenError as `openParcel` */
export async function openWithFileKey(parcel: Ciphertext, fileKey: Secret): Promise<OpenedPart> {
  const known: AgeIdentity = { unwrapFileKey: () => revealSecret(fileKey) };
  await openHeader(parcelHeader(parcel), { identities: [known] }, judgeStanzas);
  return openPart(parcel, fileKey);
}

function parcelHeader(parcel: Ciphertext): Uint8Array {
  if (!isBucket(parcel.length)) throw wrongSize();
  const length = headerLength(parcel);
  if (length === null) throw new OpenError('OPEN_HEADER', 'This is not a parcel: it has no header. Nothing was opened.');
  return parcel.subarray(0, length);
}

/** Mixed recipients would open to others than the newsroom's key; typage allows them, a parcel does not. */
function judgeStanzas(stanzas: readonly Stanza[]): void {
  if (stanzas.length !== 1 || stanzas[0]?.args[0] !== hybridStanzaType)
    throw new OpenError(
      'OPEN_STANZA',
      'This parcel is not sealed as Zajil seals: to one newsroom key and to nothing else. It was not opened.',
    );
}

function openPart(parcel: Ciphertext, fileKey: Secret): OpenedPart {
  return toPart(openPayload(fileKey, parcel.subarray(hybridHeaderBytes)));
}

/** @throws OpenError `OPEN_PADDING`, `OPEN_PART` */
function toPart(plain: Uint8Array): OpenedPart {
  try {
    const { head, content } = parsePart(plain);
    return { head, content: new Plaintext(content) };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    if (cause.code === 'FORMAT_PADDING')
      throw new OpenError(
        'OPEN_PADDING',
        'This parcel was opened, but its padding is not empty, so it was not made by Zajil. It was not filed.',
        cause,
      );
    throw new OpenError('OPEN_PART', 'This parcel was opened, but what is in it is no part of a dispatch. It was not filed.', cause);
  }
}

export function wrongSize(): OpenError {
  return new OpenError('OPEN_SIZE', 'This file has not the size of a parcel: it was cut short, or is something else. Nothing was opened.');
}
