/**
 * One exhibit in memory: a dispatch as far as it has come. It judges parts by `open`'s assemblers and knows what may be
 * acknowledged; it reads and writes nothing itself.
 */
import {
  type Acknowledgement,
  type Layer,
  type Tally,
  type Words,
  Secret,
  fromHex,
  parseWords,
  revealSecret,
  toHex,
  utf8,
  wordsType,
} from '@zajil/format';
import { type OpenedParcel, type Placement, Assembler, placementOf } from '@zajil/open';
import { DeskError } from '../refusal.ts';
import type { Arrival, ExhibitRecord, Original, PartRecord, WantedRecord } from './exhibit-record.ts';

export interface FiledPart {
  readonly fileKey: Secret;
  readonly parcelBytes: number;
  readonly arrival: Arrival;
}

export interface Stream {
  readonly layer: Layer;
  readonly file: number;
  readonly view: number;
  readonly type: string;
  readonly assembler: Assembler;
  /** By parcel name, hex. */
  readonly filed: Map<string, FiledPart>;
}

/** 4 GiB come in four thousand parcels. More of one dispatch would make a record that nobody can save or read again. */
export const mostParcels = 100_000;

type StreamKey = Pick<Stream, 'layer' | 'file' | 'view'>;
const keyOf = ({ layer, file, view }: StreamKey) => `${layer} ${file} ${view}`;

export class Exhibit {
  readonly id: string;
  /** 16 bytes that only the phone and the newsroom know. */
  readonly dispatch: Uint8Array;
  arrived: number;
  latest: number;
  words: Words | null = null;
  readonly streams = new Map<string, Stream>();
  readonly spares = new Set<string>();
  readonly originals = new Map<number, Original>();
  /** Kept while an original is not decided. */
  readonly tallies = new Map<number, Tally>();
  acknowledged: ExhibitRecord['acknowledged'] = { sequence: 0, words: false, files: [], unsent: [] };
  /** What this device asks of the phone. */
  wanted: WantedRecord | null = null;
  readonly releases: string[] = [];
  #parcels = 0;

  constructor(id: string, dispatch: Uint8Array, quarter: number) {
    this.id = id;
    this.dispatch = dispatch;
    this.arrived = quarter;
    this.latest = quarter;
  }

  stream(key: StreamKey): Stream | null {
    return this.streams.get(keyOf(key)) ?? null;
  }

  /**
   * Puts an opened parcel in its place.
   *
   * @throws OpenError when it contradicts what is there; DeskError `DESK_TOO_LARGE`. Nothing is changed then
   */
  place(name: Uint8Array, parcelBytes: number, opened: OpenedParcel, arrival: Arrival): void {
    if (this.#parcels >= mostParcels)
      throw new DeskError('DESK_TOO_LARGE', 'This dispatch has more parcels than any has. What came before is kept; this one is not.');
    const placement = placementOf(name, opened.part);
    const { layer, file, view, type } = placement.head;
    const key = { layer, file, view };
    const stream: Stream = this.stream(key) ?? { ...key, type, assembler: new Assembler(), filed: new Map() };
    const result = stream.assembler.place(placement);
    this.streams.set(keyOf(key), stream);
    if (result === 'duplicate') this.spares.add(toHex(name));
    else stream.filed.set(toHex(name), { fileKey: opened.fileKey, parcelBytes, arrival });
    this.#parcels += 1;
    this.arrived = Math.min(this.arrived, arrival.quarter);
    this.latest = Math.max(this.latest, arrival.quarter);
  }

  /** Names of all parcels, hex. */
  *names(): Generator<string> {
    for (const stream of this.streams.values()) yield* stream.filed.keys();
    yield* this.spares;
  }

  /** Is all of the stream here, by its own count? */
  isWhole(key: StreamKey): boolean {
    const stream = this.stream(key);
    return stream !== null && stream.assembler.judge().state === 'all-parts';
  }

  /** How many files there are, as far as is known. */
  get files(): number {
    const seen = [...this.streams.values()].filter(({ layer }) => layer !== 'words').map(({ file }) => file + 1);
    return Math.max(0, this.words?.files.length ?? 0, ...seen);
  }

  /** What a device may say to the phone that it holds. Only true of what is in a saved record. */
  claims(): Pick<Acknowledgement, 'words' | 'files'> {
    const layerHeld = (layer: Layer, file: number) => {
      const streams = [...this.streams.values()].filter((stream) => stream.layer === layer && stream.file === file);
      return streams.length > 0 && streams.every((stream) => this.isWhole(stream));
    };
    const files = Array.from({ length: this.files }, (_, file) => ({
      glance: layerHeld('glance', file),
      cut: layerHeld('cut', file),
      whole: this.originals.get(file)?.state === 'complete',
    }));
    // A voice beside the words is words as well: none of it is claimed before all of it is here.
    return { words: this.words !== null && layerHeld('words', 0), files };
  }

  toRecord(): ExhibitRecord {
    return {
      v: 1,
      kind: 'exhibit',
      dispatch: toHex(this.dispatch),
      arrived: this.arrived,
      latest: this.latest,
      words: this.words ? JSON.stringify(this.words) : '',
      streams: [...this.streams.values()].map(streamRecord),
      spares: [...this.spares],
      originals: [...this.originals.values()],
      acknowledged: this.acknowledged,
      releases: this.releases,
      ...(this.wanted && { wanted: this.wanted }),
    };
  }

  /** @throws OpenError, FormatError when the record does not hold together */
  static fromRecord(id: string, record: ExhibitRecord): Exhibit {
    const exhibit = new Exhibit(id, fromHex(record.dispatch), record.arrived);
    exhibit.latest = record.latest;
    exhibit.words = record.words === '' ? null : parseWords(utf8(record.words));
    for (const stream of record.streams) {
      const { layer, file, view, type } = stream;
      const live: Stream = { layer, file, view, type, assembler: new Assembler(), filed: new Map() };
      for (const part of stream.parts) {
        live.assembler.place(placementFrom(exhibit.dispatch, live, part));
        live.filed.set(part.name, { fileKey: new Secret(fromHex(part.fileKey)), parcelBytes: part.parcelBytes, arrival: part.arrival });
      }
      exhibit.streams.set(keyOf(live), live);
    }
    for (const name of record.spares) exhibit.spares.add(name);
    exhibit.#parcels = [...exhibit.names()].length;
    for (const original of record.originals) exhibit.originals.set(original.file, original);
    exhibit.acknowledged = record.acknowledged;
    exhibit.wanted = record.wanted ?? null;
    exhibit.releases.push(...record.releases);
    return exhibit;
  }
}

/** Is this stream the words themselves, not a voice beside them? */
export function isWords(stream: Stream): boolean {
  return stream.layer === 'words' && stream.type === wordsType;
}

function streamRecord(stream: Stream): ExhibitRecord['streams'][number] {
  const { layer, file, view, type } = stream;
  const parts = stream.assembler.placed.map((placement) => partRecord(placement, stream.filed.get(toHex(placement.name))));
  return { layer, file, view, type, parts };
}

function partRecord(placement: Placement, filed: FiledPart | undefined): PartRecord {
  if (!filed) throw new RangeError('a placed part was not filed');
  const { part, parts, offset } = placement.head;
  return {
    name: toHex(placement.name),
    fileKey: toHex(revealSecret(filed.fileKey)),
    parcelBytes: filed.parcelBytes,
    part,
    parts,
    offset,
    length: placement.length,
    sha256: toHex(placement.sha256),
    arrival: filed.arrival,
  };
}

function placementFrom(dispatch: Uint8Array, stream: Stream, part: PartRecord): Placement {
  const { layer, file, view, type } = stream;
  const head = { dispatch, layer, file, view, part: part.part, parts: part.parts, offset: part.offset, type };
  return { name: fromHex(part.name), head, length: part.length, sha256: fromHex(part.sha256) };
}
