/** What was released, in the shape that `press` takes, with everything proved under one checkpoint. */
import { type Cleared, type Plaintext, type Release, Secret, asCleared, fromHex, readPlaintext, toHex } from '@zajil/format';
import { type Keyring, dayOf } from '@zajil/keys';
import { signNote } from '@zajil/log';
import type { LogProof, PublicLog } from '../vault/public-log.ts';
import { readBlob } from '../vault/sealed-blob.ts';
import type { Vault } from '../vault/vault.ts';
import type { ReleaseRecord, ReleasedMedium } from './release-record.ts';
import { releaseOf } from './releasing.ts';

export interface ClearedOptions {
  readonly keyring: Keyring;
  readonly vault: Vault;
  readonly log: PublicLog;
  readonly nowMs: number;
}

/** A release that may be shown to the world, with its media and its place in the newsroom's log. */
export interface ClearedRelease {
  /** The signed note whose text is the release. */
  readonly note: string;
  readonly release: Release;
  readonly media: readonly { readonly path: string; read(): AsyncIterable<Uint8Array> }[];
  readonly released: LogProof;
  /** One for each medium whose original was committed to, in their order. */
  readonly commitments: readonly (LogProof & { readonly entry: string })[];
}

/** All that a public site is built from. */
export interface ForPress {
  /** The name under which the newsroom publishes, and its name: 64 hex digits. */
  readonly newsroom: { readonly by: string; readonly name: string };
  readonly roster: string;
  readonly cleared: readonly Cleared<ClearedRelease>[];
  /** The newsroom's log: a signed checkpoint, at whose size all proofs were made. */
  readonly checkpoint: string;
  readonly signSite: (text: string) => string;
  /** UTC. */
  readonly day: string;
}

export async function forPress(options: ClearedOptions): Promise<ForPress> {
  const { keyring, vault, log, nowMs } = options;
  const records = [...vault.releases.values()].filter((record) => record.index >= 0);
  const indexes = records.flatMap((record) => [record.index, ...openedIndexes(record)]);
  const { checkpoint, proofs } = await log.prove(indexes);
  const byIndex = new Map(proofs.map((proof) => [proof.index, proof]));
  return {
    newsroom: { by: keyring.title, name: toHex(keyring.newsroom) },
    roster: keyring.roster.text,
    cleared: records.map((record) => clear(record, vault, byIndex)),
    checkpoint,
    signSite: (text) => signNote(text, keyring.device),
    day: dayOf(nowMs),
  };
}

function openedIndexes(record: ReleaseRecord): number[] {
  return releaseOf(record).media.flatMap((medium) => (medium.commitment === '' ? [] : [medium.index]));
}

type Proofs = ReadonlyMap<number, LogProof>;

function clear(record: ReleaseRecord, vault: Vault, proofs: Proofs): Cleared<ClearedRelease> {
  const release = releaseOf(record);
  const place = (index: number) => {
    const proof = proofs.get(index);
    if (!proof) throw new RangeError('an entry was not proved');
    return proof;
  };
  const commitments = release.media.flatMap((medium, i) => {
    const entry = record.media[i]?.entry ?? '';
    return medium.commitment === '' ? [] : [{ entry, ...place(medium.index) }];
  });
  const media = record.media.map((medium) => ({ path: medium.path, read: () => openReleased(vault, medium) }));
  return asCleared({ note: record.note, release, media, released: place(record.index), commitments });
}

/** A released medium as the world gets it. */
export async function* openReleased(vault: Vault, medium: ReleasedMedium, from = 0, to: number = medium.bytes): AsyncGenerator<Uint8Array> {
  for await (const chunk of readReleased(vault, medium, from, to)) yield readPlaintext(chunk);
}

function readReleased(vault: Vault, medium: ReleasedMedium, from: number, to: number): AsyncGenerator<Plaintext> {
  return readBlob(vault.blobPath(medium.blob), new Secret(fromHex(medium.key)), medium.bytes, from, to);
}
