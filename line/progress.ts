/**
 * What the phone may say about each dispatch: *here → going → taken → arrived → opened*, and whether the original may
 * be erased. Pure. `docs/protocol.md` section "States".
 *
 * `safeToErase` MUST follow only from verified acknowledgements, by as many devices as the roster's quorum asks.
 */
import { type Layer, pieceBytes } from '@zajil/format';
import type { DeviceAcknowledgement, DispatchProgress, DispatchRecord, FileProgress, Segment } from './dispatch-record.ts';
import type { SenderState } from './machine.ts';
import { underWay } from './plan.ts';
import type { SpooledParcel } from './spool.ts';
import { isEnough } from './wants.ts';

type Acknowledged = DeviceAcknowledgement;

/** Progress of one dispatch. @param parcels - of this dispatch. @param quorum - devices that must hold a layer */
export function progressOf(
  record: DispatchRecord,
  parcels: readonly SpooledParcel[],
  state: SenderState,
  quorum: number,
): DispatchProgress {
  if (record.outcome) return record.outcome;
  const held = (claims: (one: Acknowledged) => boolean) => record.acknowledged.filter(claims).length >= quorum;
  const words = segmentOf(pick(parcels, ['words'], 0), state, { opened: held((one) => one.words), closed: true, expected: null });
  const files = record.wholes.map((expected, file) => {
    const part = (layers: Layer[], name: 'glance' | 'cut' | 'whole', closed: boolean, bytes: number | null) =>
      segmentOf(pick(parcels, layers, file), state, { opened: held((one) => one.files[file]?.[name] === true), closed, expected: bytes });
    const tallied = pick(parcels, ['tally'], file).length > 0;
    return fileOf(
      file,
      part(['glance'], 'glance', true, null),
      part(['cut'], 'cut', true, null),
      part(['whole', 'tally'], 'whole', tallied, expected),
    );
  });
  const copies = record.acknowledged.filter((one) => coversAll(one, words, files)).length;
  const safeToErase = words.state === 'opened' && files.every((file) => file.safeToErase);
  return { key: record.key, urgent: record.urgent, order: record.order, words, files, copies, safeToErase };
}

function fileOf(file: number, glance: Segment, cut: Segment, whole: Segment): FileProgress {
  const made = [glance, cut].filter((one) => one.bytesTotal !== null);
  return { file, glance, cut, whole, safeToErase: whole.state === 'opened' && made.every((one) => one.state === 'opened') };
}

function coversAll(one: Acknowledged, words: Segment, files: readonly FileProgress[]): boolean {
  const made = (segment: Segment) => segment.bytesTotal !== null;
  return (
    (one.words || !made(words)) &&
    files.every((file) => {
      const held = one.files[file.file];
      return held?.whole === true && (held.glance || !made(file.glance)) && (held.cut || !made(file.cut));
    })
  );
}

function pick(parcels: readonly SpooledParcel[], layers: readonly Layer[], file: number): SpooledParcel[] {
  return parcels.filter((parcel) => layers.includes(parcel.layer) && (parcel.layer === 'words' || parcel.file === file));
}

function segmentOf(
  parcels: readonly SpooledParcel[],
  state: SenderState,
  facts: { opened: boolean; closed: boolean; expected: number | null },
): Segment {
  const sum = parcels.reduce((bytes, parcel) => bytes + parcel.bytes, 0);
  const known = facts.closed && parcels.length > 0 ? sum : facts.expected;
  const heldBytes = parcels.reduce((bytes, parcel) => bytes + bytesHeldOf(parcel, state), 0);
  const done = { bytesHeld: sum, bytesTotal: sum, enough: false };
  if (facts.opened) return { ...done, state: 'opened', bytesHeld: known ?? sum, bytesTotal: known ?? sum };
  const complete = facts.closed && parcels.length > 0;
  if (complete && parcels.every((parcel) => parcel.carried?.arrived)) return { ...done, state: 'arrived' };
  if (complete && parcels.every((parcel) => parcel.carried)) return { ...done, state: 'taken' };
  const going = heldBytes > 0 || parcels.some((parcel) => parcel.carried ?? isUnderWay(parcel, state));
  const waiting = parcels.filter((parcel) => !parcel.carried);
  const enough = waiting.length > 0 && waiting.every((parcel) => isEnough(state, parcel));
  return { state: going ? 'going' : 'here', bytesHeld: heldBytes, bytesTotal: known, enough };
}

function bytesHeldOf(parcel: SpooledParcel, state: SenderState): number {
  if (parcel.carried) return parcel.bytes;
  const counts = [...state.relays.values()].map((views) => views.get(parcel.name)?.held.count ?? 0);
  return pieceBytes * Math.max(0, ...counts);
}

function isUnderWay(parcel: SpooledParcel, state: SenderState): boolean {
  return [...state.relays.keys(), ...[...state.flights.values()].map((flight) => flight.relay)].some(
    (relay) => underWay(state, relay, parcel.name).size > 0,
  );
}
