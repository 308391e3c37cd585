/** How each rule's vectors are run: from the input in the file to the value that is read, or a `FormatError`. */
import * as format from '@zajil/format';
import { type VectorInput, hex, toPlain } from './vector.ts';

type Run = (input: VectorInput) => unknown;

/** A field of the input as bytes. */
function bytes(input: VectorInput, field = 'hex'): Uint8Array {
  return Uint8Array.from(Buffer.from(text(input, field), 'hex'));
}

function text(input: VectorInput, field = 'text'): string {
  const value = (input as Record<string, unknown>)[field];
  if (typeof value !== 'string') throw new TypeError(`vector has no ${field}`);
  return value;
}

/** Words are given as text, or as bytes where they are not UTF-8. */
function either(input: VectorInput): Uint8Array {
  return 'hex' in input ? bytes(input) : format.utf8(text(input));
}

/** Frames with their bytes told by hash; those before a fault are given to `seen` first. */
export function readBag(bag: Uint8Array, seen: (frames: unknown[]) => void = () => {}): unknown[] {
  const parser = new format.BagParser();
  const frames = parser.push(bag).map((frame) => {
    if (frame.kind === 'head') return { kind: 'head', name: hex(format.parcelName(frame.head)) };
    if (frame.kind === 'name') return { kind: 'name', name: hex(frame.name) };
    return { kind: 'piece', index: frame.index, sha256: hex(format.parcelName(frame.bytes)) };
  });
  seen(frames);
  parser.end();
  return frames;
}

const dispatch: Record<string, Run> = {
  bucket: (input) => format.bucketFor((input as { plainBytes: number }).plainBytes),
  part: (input) => format.parsePart(bytes(input)),
  tally: (input) => format.parseTally(bytes(input)),
  words: (input) => format.parseWords(either(input)),
};

const carriage: Record<string, Run> = {
  'parcel-head': (input) => {
    const head = bytes(input);
    const parsed = format.parseParcelHead(head);
    return { name: format.parcelName(head), bytes: parsed.bytes, pieces: parsed.pieces };
  },
  piece: (input) => {
    const head = format.parseParcelHead(bytes(input, 'head'));
    const piece = format.verifyPiece(head, (input as { index: number }).index, bytes(input, 'piece'));
    return format.parcelName(piece);
  },
  bag: (input) => readBag(bytes(input)),
  have: (input) => format.parseHave(bytes(input)),
  held: (input) => format.parseHeld(bytes(input)),
  promise: (input) => {
    const cursor = new format.Cursor(bytes(input, 'promised'));
    const promised = format.parsePromised(cursor);
    cursor.end();
    const name = bytes(input, 'name');
    const signed = format.promiseText(text(input, 'origin'), name, promised.salt, promised.quarter);
    return { ...promised, text: signed, leaf: format.leafEntry(promised.salt, name, promised.quarter) };
  },
};

const desk: Record<string, Run> = {
  message: (input) => {
    const id = bytes(input, 'dispatch');
    const purpose = 'purpose' in input && input['purpose'] === 'wants' ? 'wants' : 'acknowledgement';
    const body = format.openMessage(id, text(input, 'device'), bytes(input, 'message'), purpose);
    return { address: format.messageAddress(id, text(input, 'device'), purpose), body };
  },
  acknowledgement: (input) => {
    const { claims, signature } = format.parseAcknowledgement(bytes(input, 'body'));
    return { claims, signature, text: format.acknowledgementText(bytes(input, 'address'), claims) };
  },
  wants: (input) => {
    const { wants, signature } = format.parseWants(bytes(input, 'body'));
    const entries = wants.entries.map((entry) => (entry.action === 'pieces' ? { ...entry, missing: entry.missing.bytes } : entry));
    return { wants: { ...wants, entries }, signature, text: format.wantsText(bytes(input, 'address'), wants) };
  },
  invitation: (input) => format.parseInvitation(text(input)),
};

const signed: Record<string, Run> = {
  roster: (input) => ({ statement: format.parseStatement(text(input)), hash: format.statementHash(text(input)) }),
  doors: (input) => format.parseDoors(text(input)),
  release: (input) => ({ release: format.parseRelease(text(input)), entry: format.fromUtf8(format.releaseEntry(text(input))) }),
  commitment: (input) => {
    const parsed = format.parseCommitmentEntry(text(input));
    return { ...parsed, opened: format.originalCommitment(bytes(input, 'salt'), bytes(input, 'original')) };
  },
  site: (input) => format.parseSiteStatement(text(input)),
  manifest: (input) => {
    const manifest = format.parseManifest(text(input));
    return { manifest, entries: manifest.files.map((file) => format.fromUtf8(format.siteEntry(file))) };
  },
  'proof-bundle': (input) => format.parseProofBundle(text(input)),
};

const rules: Record<string, Run> = { ...dispatch, ...carriage, ...desk, ...signed };

/** Rules of which `format` reads the vectors; those of whole parcels are read by whoever opens. */
export const formatRules: readonly string[] = Object.keys(rules);

/** @throws FormatError when the vector is refused */
export function run(rule: string, input: VectorInput): unknown {
  const rulesOwn = rules[rule];
  if (!rulesOwn) throw new TypeError(`no parser for vectors of ${rule}`);
  return toPlain(rulesOwn(input));
}
