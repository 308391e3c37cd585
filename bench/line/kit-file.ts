/** `kit.json`, which both ends of a run read. Apart from the making of a kit, so that a phone starts fast. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Layer, NameHex } from '@zajil/format';

export interface KitParcel {
  readonly name: NameHex;
  readonly layer: Layer;
  readonly part: number;
  readonly bytes: number;
  /** 0 for what waits from the beginning; then one for each that is put while the line is dead. */
  readonly order: number;
}

export interface Kit {
  /** Base64url. */
  readonly token: string;
  /** The chain's text. */
  readonly roster: string;
  /** In telling order. */
  readonly parcels: readonly KitParcel[];
}

export async function readKit(folder: string): Promise<Kit> {
  return JSON.parse(await readFile(join(folder, 'kit.json'), 'utf8')) as Kit;
}
