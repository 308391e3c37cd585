/**
 * What goes next: the order in which waiting parcels tell. `docs/protocol.md` section "Order".
 *
 * Words of all dispatches first: urgent ones newest first, then the others oldest first. Then glances, cuts, and
 * wholes with their tallies; inside a layer the oldest dispatch first, and a file's tally after its parts. What the
 * newsroom wants goes before the rest of its layer: `compareIn` of `wants.ts`.
 */
import { type Bitmap, type Layer, type NameHex, layerNumber } from '@zajil/format';

/** What is known of a parcel without opening it; the same on the phone's disk, in the machine and in a test. */
export interface ParcelNote {
  readonly name: NameHex;
  /** Opaque local id of the dispatch; never the dispatch id itself. */
  readonly dispatch: string;
  readonly urgent: boolean;
  /** Grows with every dispatch made on this phone: an ordinal, not a time. */
  readonly order: number;
  readonly layer: Layer;
  readonly file: number;
  readonly view: number;
  readonly part: number;
  /** Length of the parcel: a bucket. */
  readonly bytes: number;
  /** Which pieces are here, of a parcel that came in part; absent when all of it is. */
  readonly pieces?: Bitmap;
}

/** 0 for words to 3 for wholes and tallies. */
export function rankOfLayer(layer: Layer): number {
  return Math.min(3, layerNumber(layer));
}

/** While nothing is wanted: negative when `a` goes before `b`. A total order over distinct parcels. */
export function compareParcels(a: ParcelNote, b: ParcelNote): number {
  return rankOfLayer(a.layer) - rankOfLayer(b.layer) || compareDispatches(a, b) || compareWithinDispatch(a, b);
}

/** Of two parcels of one layer and one dispatch. */
export function compareWithinDispatch(a: ParcelNote, b: ParcelNote): number {
  return (
    a.file - b.file ||
    layerNumber(a.layer) - layerNumber(b.layer) ||
    a.view - b.view ||
    a.part - b.part ||
    (a.name < b.name ? -1 : Number(a.name > b.name))
  );
}

/** Of two parcels of one layer: which dispatch has its turn. */
export function compareDispatches(a: ParcelNote, b: ParcelNote): number {
  if (a.layer !== 'words') return a.order - b.order;
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  return a.urgent ? b.order - a.order : a.order - b.order;
}
