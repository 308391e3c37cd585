/** Puts parcels into a folder for ever and says each name once it is stored; its test kills it. */
import { FolderSpool } from './folder-spool.ts';
import { makeParcel } from './test-parcels.ts';

const spool = await FolderSpool.open(process.argv[2] ?? '');
for (let seed = 1; ; seed += 1) {
  const { note, head, bytes } = makeParcel(seed, 65_536, { layer: 'whole', part: seed });
  await spool.put(note, head, bytes);
  process.stdout.write(`${note.name}\n`);
}
