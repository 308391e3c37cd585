/**
 * What goes next: the order in which waiting parcels tell. `docs/protocol.md` section "Order".
 *
 * Words of all dispatches first: urgent ones newest first, then the others oldest first. Then glances, cuts, and
 * wholes with their tallies; inside a layer the oldest dispatch first, and a file's tally after its parts.
 */
import { type Layer, type NameHex, layerNumber } from '@zajil/format';

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
}

/** 0 for words to 3 for wholes and tallies. */
export function rankOfLayer(layer: Layer): number {
  return Math.min(3, layerNumber(layer));
}

/** Negative when `a` goes before `b`. A total order over distinct parcels. */
export function compareParcels(a: ParcelNote, b: ParcelNote): number {
  return (
    rankOfLayer(a.layer) - rankOfLayer(b.layer) ||
    compareDispatches(a, b) ||
    a.file - b.file ||
    layerNumber(a.layer) - layerNumber(b.layer) ||
    a.view - b.view ||
    a.part - b.part ||
    (a.name < b.name ? -1 : Number(a.name > b.name))
  );
}

function compareDispatches(a: ParcelNote, b: ParcelNote): number {
  if (a.layer !== 'words') return a.order - b.order;
  if (a.urgent !== b.urgent) return a.urgent ? -1 : 1;
  return a.urgent ? b.order - a.order : a.order - b.order;
}
