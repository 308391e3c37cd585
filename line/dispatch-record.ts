/**
 * What the phone remembers of a dispatch: an opaque local key, and the dispatch id until every layer is acknowledged.
 * `docs/protocol.md` section "Dispatch". A note of the spool; holds no text, no type and no name of a file.
 */
import {
  type Acknowledgement,
  type FileHeld,
  type WantEnough,
  type WantFirst,
  type WantPieces,
  type Wants,
  dispatchIdBytes,
  fromHex,
  toHex,
} from '@zajil/format';
import type { Notes } from './spool.ts';

export type SegmentState = 'here' | 'going' | 'taken' | 'arrived' | 'opened';

/** One layer of one file. Bytes are sealed bytes. */
export interface Segment {
  readonly state: SegmentState;
  readonly bytesHeld: number;
  /** Null while nobody can tell: nothing made yet, or a whole that is still being sealed. */
  readonly bytesTotal: number | null;
  /**
   * What is not taken yet waits because the newsroom has enough of it for now: it is not stuck, and not safe to erase.
   * Absent in what an older version wrote down.
   */
  readonly enough?: boolean;
}

export interface FileProgress {
  readonly file: number;
  readonly glance: Segment;
  readonly cut: Segment;
  readonly whole: Segment;
  readonly safeToErase: boolean;
}

export interface DispatchProgress {
  readonly key: string;
  readonly urgent: boolean;
  readonly order: number;
  readonly words: Segment;
  readonly files: readonly FileProgress[];
  /** Devices of the newsroom that each hold all of it. */
  readonly copies: number;
  readonly safeToErase: boolean;
}

/** The newest verified acknowledgement of one device. */
export interface DeviceAcknowledgement {
  /** Its verifier key. */
  readonly device: string;
  readonly sequence: number;
  readonly quarter: number;
  readonly words: boolean;
  readonly files: readonly FileHeld[];
}

/** An entry of wants as a note holds it. */
export type NotedWant = WantFirst | WantEnough | (Omit<WantPieces, 'missing'> & { /** 32 bytes, hex. */ readonly missing: string });

/** The newest verified wants of one device, also when they lapsed: an older message must not come back after them. */
export interface DeviceWants {
  /** Its verifier key. */
  readonly device: string;
  readonly sequence: number;
  readonly quarter: number;
  readonly until: number;
  readonly entries: readonly NotedWant[];
}

export interface DispatchRecord {
  readonly v: 1;
  readonly key: string;
  /** 16 bytes, hex; null once everything is acknowledged. */
  readonly id: string | null;
  readonly urgent: boolean;
  readonly order: number;
  /** Sealed bytes of each file's whole, where that can be told beforehand. */
  readonly wholes: readonly (number | null)[];
  readonly acknowledged: readonly DeviceAcknowledgement[];
  /** Absent in what an older version wrote down. */
  readonly wants?: readonly DeviceWants[];
  /** How it ended, once the id was let go. */
  readonly outcome: DispatchProgress | null;
}

export interface NewDispatch {
  /** Opaque local id: 1 to 40 of `a-z0-9`. */
  readonly key: string;
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly urgent: boolean;
  /** Grows with every dispatch made on this phone. */
  readonly order: number;
  /** One entry per file: sealed bytes of its whole where known beforehand, else null. */
  readonly wholes: readonly (number | null)[];
}

const prefix = 'dispatch/';

/** Writes down a dispatch before its first parcel is put. Safe to repeat: what is known stays. */
export async function announceDispatch(notes: Notes, dispatch: NewDispatch): Promise<void> {
  if (dispatch.id.length !== dispatchIdBytes) throw new RangeError('a dispatch id has 16 bytes');
  if (!/^[a-z0-9]{1,40}$/.test(dispatch.key)) throw new RangeError('a dispatch has a short key of a-z and 0-9');
  if (await readDispatch(notes, dispatch.key)) return;
  const { key, urgent, order, wholes } = dispatch;
  await writeDispatch(notes, { v: 1, key, id: toHex(dispatch.id), urgent, order, wholes: [...wholes], acknowledged: [], outcome: null });
}

export async function readDispatch(notes: Notes, key: string): Promise<DispatchRecord | null> {
  const text = await notes.getNote(prefix + key);
  if (text === null) return null;
  const record = JSON.parse(text) as { v: number };
  // A note that this version cannot read must not keep the others from going.
  return record.v === 1 ? (record as DispatchRecord) : null;
}

export async function writeDispatch(notes: Notes, record: DispatchRecord): Promise<void> {
  await notes.setNote(prefix + record.key, JSON.stringify(record));
}

/** Every dispatch, oldest first. */
export async function listDispatches(notes: Notes): Promise<DispatchRecord[]> {
  const records: DispatchRecord[] = [];
  for (const key of await notes.listNotes(prefix)) {
    const record = await readDispatch(notes, key.slice(prefix.length));
    if (record) records.push(record);
  }
  return records.sort((a, b) => a.order - b.order);
}

/** Forgets how a dispatch ended, and its id if it was still kept: its acknowledgements can then never be read. */
export async function forgetDispatch(notes: Notes, key: string): Promise<void> {
  await notes.setNote(prefix + key, null);
}

/** The record with a newer acknowledgement of a device; the same record when it is stale. */
export function withAcknowledgement(record: DispatchRecord, device: string, claims: Acknowledgement): DispatchRecord {
  const known = record.acknowledged.find((one) => one.device === device);
  if (known && known.sequence >= claims.sequence) return record;
  const files = claims.files.map((file) => ({ ...file }));
  const newest = { device, sequence: claims.sequence, quarter: claims.quarter, words: claims.words, files };
  return { ...record, acknowledged: [...record.acknowledged.filter((one) => one !== known), newest] };
}

/** The record with newer wants of a device; the same record when they are stale. */
export function withWants(record: DispatchRecord, device: string, { sequence, quarter, until, entries }: Wants): DispatchRecord {
  const all = record.wants ?? [];
  const known = all.find((one) => one.device === device);
  if (known && known.sequence >= sequence) return record;
  const noted = entries.map((entry) => (entry.action === 'pieces' ? { ...entry, missing: toHex(entry.missing.bytes) } : entry));
  return { ...record, wants: [...all.filter((one) => one !== known), { device, sequence, quarter, until, entries: noted }] };
}

/** 16 bytes, or null once it was let go. */
export function dispatchIdOf(record: DispatchRecord): Uint8Array | null {
  return record.id === null ? null : fromHex(record.id);
}
