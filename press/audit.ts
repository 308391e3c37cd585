/**
 * What `press` looks at before it prints: that a reader who checks the page will find everything in order. It repeats
 * what `verify` does, from this side of the glass, so that a mistake stays in the newsroom.
 */
import { commitmentEntry, fromHex, parseCommitmentEntry, parseRelease, releaseEntry } from '@zajil/format';
import { type Checkpoint, leafHash, parseNote, verifyCheckpoint, verifyInclusion, verifyNote } from '@zajil/log';
import { type Roster, verifyRoster } from '@zajil/roster';
import type { ClearedRelease, LogPlace } from './cleared-release.ts';
import { PressError } from './refusal.ts';

/** @throws PressError `PRESS_UNPROVED` when the chain is not that of the named newsroom */
export function auditRoster(chain: string, name: string): Roster {
  return refusing('The newsroom’s roster does not check out. Nothing was printed.', () => verifyRoster(chain, fromHex(name, 32)));
}

/** @throws PressError `PRESS_UNPROVED` when the newsroom's log did not sign it */
export function auditCheckpoint(note: string, roster: Roster): Checkpoint {
  return refusing('The checkpoint is not signed by the newsroom’s log. Nothing was printed.', () =>
    verifyCheckpoint(note, roster.found.log),
  );
}

/** @throws PressError `PRESS_MISMATCH`, `PRESS_UNPROVED` */
export function auditRelease(cleared: ClearedRelease, roster: Roster, checkpoint: Checkpoint, name: string): void {
  const text = noteText(cleared);
  if (JSON.stringify(parseRelease(text)) !== JSON.stringify(cleared.release) || cleared.release.newsroom !== name)
    throw new PressError('PRESS_MISMATCH', 'What was signed is not what was to be printed. Nothing was printed.');
  refusing('A release is not signed as its text says, or not in the newsroom’s log. Nothing was printed.', () => {
    auditSigners(cleared, roster);
    auditPlace(releaseEntry(text), cleared.released, checkpoint);
  });
  auditMedia(cleared, checkpoint);
}

function noteText(cleared: ClearedRelease): string {
  return refusing('A release is not a signed note. Nothing was printed.', () => parseNote(cleared.note).text);
}

function auditSigners(cleared: ClearedRelease, roster: Roster): void {
  const { signedBy } = verifyNote(
    cleared.note,
    roster.devices.map(({ vkey }) => vkey),
  );
  if (new Set(signedBy).size <= cleared.release.reviewers) throw new RangeError('fewer signatures than reviewers and author');
}

function auditMedia(cleared: ClearedRelease, checkpoint: Checkpoint): void {
  const paths = cleared.release.media.map(({ path }) => path).join('\n');
  if (paths !== cleared.media.map(({ path }) => path).join('\n'))
    throw new PressError('PRESS_MISMATCH', 'The media given are not those of the release, in its order. Nothing was printed.');
  const promised = cleared.release.media.filter(({ commitment }) => commitment !== '');
  if (promised.length !== cleared.commitments.length)
    throw new PressError('PRESS_MISMATCH', 'A commitment to an original is missing or in excess. Nothing was printed.');
  refusing('A commitment to an original is not in the newsroom’s log. Nothing was printed.', () => {
    for (const [i, { entry, ...place }] of cleared.commitments.entries()) {
      const { day, commitment } = parseCommitmentEntry(entry);
      if (commitment !== promised[i]?.commitment || place.index !== promised[i]?.index) throw new RangeError('another commitment');
      auditPlace(commitmentEntry(day, commitment), place, checkpoint);
    }
  });
}

function auditPlace(entry: Uint8Array, { index, proof }: LogPlace, { size, root }: Checkpoint): void {
  verifyInclusion({ size, index, leaf: leafHash(entry), proof: proof.map((hash) => fromHex(hash, 32)), root });
}

/** The newsroom's signature over the site, given back by whoever holds the key. @throws PressError `PRESS_UNPROVED` */
export function auditSiteNote(note: string, text: string, roster: Roster): void {
  const signed = refusing('The site is not signed by a device of the roster. Nothing was printed.', () =>
    verifyNote(
      note,
      roster.devices.map(({ vkey }) => vkey),
    ),
  );
  if (signed.text !== text) throw new PressError('PRESS_MISMATCH', 'Something else than this site was signed. Nothing was printed.');
}

function refusing<T>(sentence: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    throw new PressError('PRESS_UNPROVED', sentence, cause);
  }
}
