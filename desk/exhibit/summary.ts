/** An exhibit as the screen shows it. Everything in it that the contact said is a claim. */
import { type Layer, quarterToDate, toHex } from '@zajil/format';
import type { Exhibit as ApiExhibit, ExhibitFile, ExhibitSummary, LayerHeld } from '../api.ts';
import { type Exhibit, type Stream } from './exhibit.ts';
import { readableBytes } from './read-layer.ts';

/** A list longer than this tells a person nothing more. */
const mostMissing = 1000;
const shownLayers: readonly Layer[] = ['words', 'glance', 'cut', 'whole'];

export function summarize(exhibit: Exhibit): ExhibitSummary {
  const { id, arrived, latest, words, releases } = exhibit;
  const files = Array.from({ length: exhibit.files }, (_, file) => fileOf(exhibit, file));
  return { id, arrived, latest, words, files, releases: [...releases] };
}

export function detail(exhibit: Exhibit): ApiExhibit {
  return { ...summarize(exhibit), custody: custodyOf(exhibit) };
}

function fileOf(exhibit: Exhibit, file: number): ExhibitFile {
  const said = exhibit.words?.files[file];
  const original = exhibit.originals.get(file);
  const tally = exhibit.tallies.get(file);
  const streams = [...exhibit.streams.values()].filter((stream) => stream.file === file && shownLayers.includes(stream.layer));
  const whole = exhibit.stream({ layer: 'whole', file, view: 0 });
  const type = said?.type ?? whole?.type ?? '';
  return {
    file,
    kind: said?.kind ?? kindOf(type),
    type,
    name: said?.name ?? '',
    bytes: original?.bytes ?? tally?.bytes ?? said?.bytes ?? 0,
    sha256: original?.state === 'complete' ? original.sha256 : '',
    whole: original?.state ?? (whole || tally ? 'arriving' : 'announced'),
    missing: whole && !original ? missingParts(whole, tally?.parts.length ?? whole.assembler.parts) : [],
    layers: streams.filter(({ layer }) => layer !== 'words').map((stream) => layerOf(exhibit, stream)),
    committed: original?.commitment && original.commitment.index >= 0 ? original.commitment.day : '',
  };
}

function kindOf(type: string): ExhibitFile['kind'] {
  const kinds: Record<string, ExhibitFile['kind']> = { image: 'photo', video: 'video', audio: 'sound' };
  return kinds[type.split('/')[0] ?? ''] ?? 'other';
}

function layerOf(exhibit: Exhibit, stream: Stream): LayerHeld {
  const { layer, view, type, file, assembler } = stream;
  const isWhole = layer === 'whole';
  const known = isWhole ? (exhibit.tallies.get(file)?.parts.length ?? 0) : 0;
  const decided = isWhole && exhibit.originals.has(file) ? assembler.placed.length : 0;
  return {
    layer,
    view,
    type,
    bytes: readableBytes(stream),
    partsHeld: assembler.placed.length,
    parts: known || decided || assembler.parts,
    complete: isWhole ? exhibit.originals.get(file)?.state === 'complete' : exhibit.isWhole(stream),
  };
}

function missingParts(stream: Stream, parts: number): number[] {
  const held = new Set(stream.assembler.placed.map(({ head }) => head.part));
  const missing: number[] = [];
  for (let part = 0; part < parts && missing.length < mostMissing; part += 1) if (!held.has(part)) missing.push(part);
  return missing;
}

const when = (quarter: number) => `${quarterToDate(quarter).toISOString().slice(0, 16)}Z`;

/** Custody in sentences: what is known of how it came, and by whom it is vouched for. */
export function custodyOf(exhibit: Exhibit): string[] {
  const parts = [...exhibit.streams.values()].reduce((sum, stream) => sum + stream.filed.size, 0);
  const lines = [
    `The first of ${parts} sealed parcels reached a relay in the quarter hour from ${when(exhibit.arrived)}, the latest in that from ${when(exhibit.latest)}, by the relay's clock.`,
    'Each parcel is kept as the bytes that were sealed on the phone; its name is the hash of its pieces and was checked on arrival here.',
  ];
  for (const original of exhibit.originals.values()) lines.push(...originalLines(original));
  return lines;
}

function originalLines(original: {
  file: number;
  state: string;
  sha256: string;
  commitment: { day: string; index: number } | null;
}): string[] {
  const file = `File ${original.file + 1}`;
  if (original.state !== 'complete')
    return [`${file}: every part is here, but the SHA-256 is not the one that the phone sealed. It is kept and is not called complete.`];
  const proved = `${file}: complete. Its SHA-256, ${original.sha256}, is the one that the phone sealed.`;
  if (!original.commitment || original.commitment.index < 0) return [proved];
  return [proved, `${file}: the newsroom's public log committed to it on ${original.commitment.day}, entry ${original.commitment.index}.`];
}

/** Hex of the dispatch id, for the evidence package only. */
export function dispatchHex(exhibit: Exhibit): string {
  return toHex(exhibit.dispatch);
}
