/** For `tray.test.ts`: adds pieces to a tray for ever, and says which are durable, until it is killed. */
import { Tray } from './tray.ts';
import { testParcel } from './tray.rig.ts';

const tray = await Tray.open({ folder: process.argv[2] ?? '', now: Date.now });
for (let seed = 0; ; seed += 1) {
  const parcel = testParcel(64, seed);
  for (const index of [3, 0, 9]) await tray.add(parcel.head, [parcel.piece(index)]);
  await tray.flush();
  process.stdout.write(`${seed}\n`);
}
