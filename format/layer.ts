/** The layers of a dispatch in the order in which they tell. The number is what travels, sealed, in a part's head. */
import { FormatError } from './refusal.ts';

export const layers = ['words', 'glance', 'cut', 'whole', 'tally'] as const;

export type Layer = (typeof layers)[number];

/** Which intake key seals a layer: what tells first is sealed to the day's key, which is destroyed soonest. */
export type KeyScope = 'day' | 'month' | 'last';

export function layerNumber(layer: Layer): number {
  return layers.indexOf(layer);
}

/** @throws FormatError `FORMAT_RANGE` */
export function layerFromNumber(number: number): Layer {
  const layer = layers[number];
  if (layer === undefined) throw new FormatError('FORMAT_RANGE', `no layer has number ${number}`);
  return layer;
}

/** The tally goes with the whole that it describes: it must be readable for as long as that is. */
export function scopeOfLayer(layer: Layer): KeyScope {
  return layer === 'whole' || layer === 'tally' ? 'month' : 'day';
}
