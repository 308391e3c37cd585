import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fromHex, originalCommitment } from '@zajil/format';
import { leafHash, parseCheckpoint, parseNote, verifyInclusion } from '@zajil/log';
import { describe, expect, test } from 'vitest';
import { film, freshFolder, original, sha256, withShelf } from '../newsroom.rig.ts';

describe('the evidence package', () => {
  test('holds the original bit for bit, and a commitment that opens under the log', async () => {
    const { newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.words([film])), ...(await contact.whole(original, 'video/mp4')));
    await newsroom.collect();
    const id = (await newsroom.exhibits())[0]?.id ?? '';
    const out = join(await freshFolder(), 'case');
    const exported = await newsroom.export({ exhibit: id, out });
    expect(exported.originals).toEqual([{ file: 'original-1.mp4', bytes: original.length, sha256: sha256(original) }]);
    expect(sha256(await readFile(join(out, 'original-1.mp4')))).toBe(sha256(original));
    const evidence = JSON.parse(await readFile(join(out, 'evidence.json'), 'utf8'));
    const [{ salt, entry, index, proof, checkpoint }] = evidence.commitments;
    expect(entry).toContain(originalCommitment(fromHex(salt), fromHex(sha256(original))));
    const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
    verifyInclusion({ size, index, leaf: leafHash(Buffer.from(entry)), proof: proof.map((hash: string) => fromHex(hash)), root });
  });

  test('overwrites nothing, and leaves nothing half-written', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.whole(original, 'video/mp4')));
    await newsroom.collect();
    const id = (await newsroom.exhibits())[0]?.id ?? '';
    const place = await freshFolder();
    await mkdir(join(place, 'there'));
    await expect(newsroom.export({ exhibit: id, out: join(place, 'there') })).rejects.toMatchObject({ code: 'DESK_EXISTS' });
    await rm(join(folder, 'vault', 'parcels'), { recursive: true });
    await expect(newsroom.export({ exhibit: id, out: join(place, 'new') })).rejects.toMatchObject({ code: 'DESK_VANISHED' });
    expect(await readdir(place)).toEqual(['there']);
  });
});
