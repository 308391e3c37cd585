/**
 * What is sealed next, for whoever asks: the sender as the line takes it, a card as it is filled. One at a time, and in
 * the spool before it is given, so that none of them can ask before what another was given is durable.
 */
import { toHex } from '@zajil/format';
import type { Spool, SuppliedParcel } from '@zajil/line';

type Supply = () => Promise<SuppliedParcel | null>;

export function durableSupply(spool: Pick<Spool, 'put'>, supply: Supply): Supply {
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(async () => {
      const parcel = await supply();
      if (parcel) await put(spool, parcel);
      return parcel;
    });
    // Whoever asked meets the refusal; the next one asks anew.
    last = next.catch(() => null);
    return next;
  };
}

async function put(spool: Pick<Spool, 'put'>, parcel: SuppliedParcel): Promise<void> {
  const { head, bytes, dispatch, urgent, order, layer, file, view, part } = parcel;
  await spool.put({ name: toHex(parcel.name), dispatch, urgent, order, layer, file, view, part, bytes: bytes.length }, head, bytes);
}
