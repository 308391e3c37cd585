/** How a parcel of a kit lies in the spool. */
import type { FolderSpool } from '@zajil/line';
import type { KitParcel } from './kit-file.ts';

export async function putInto(spool: FolderSpool, parcel: KitParcel, head: Uint8Array, bytes: Uint8Array): Promise<void> {
  await spool.put({ ...parcel, dispatch: `d${parcel.order}`, urgent: false, file: 0, view: 0 }, head, bytes);
}
