import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { commitmentEntry, fromHex, releaseEntry, utf8 } from '@zajil/format';
import { leafHash, parseNote, verifyCheckpoint, verifyInclusion, verifyNote } from '@zajil/log';
import { verifyRoster } from '@zajil/roster';
import { describe, expect, test } from 'vitest';
import type { Newsroom } from '../newsroom.ts';
import { Contact, Shelf, canary, filesBelow, founded, opened } from '../newsroom.rig.ts';

const footage = fileURLToPath(new URL('../../../shared/footage/with-gps.mov', import.meta.url));

async function filmBytes(): Promise<Uint8Array> {
  if (existsSync(footage)) return new Uint8Array(await readFile(footage));
  console.warn('the footage is not here: a made film stands in for the real one');
  const args = '-v error -f lavfi -i testsrc2=size=320x240:duration=2 -metadata title=Nadia-canary -f matroska pipe:1';
  return new Uint8Array(execFileSync('ffmpeg', args.split(' '), { maxBuffer: 1 << 26 }));
}

async function withFilm(): Promise<{ folder: string; newsroom: Newsroom; id: string }> {
  const folder = await founded();
  const newsroom = await opened(folder);
  const shelf = await new Shelf().start();
  await newsroom.invite({ relay: shelf.base, label: '', plain: false });
  const contact = new Contact(folder);
  const film = await filmBytes();
  const files = [{ kind: 'video', type: 'video/quicktime', name: `${canary}.mov`, bytes: film.length } as const];
  shelf.put(...(await contact.words(files)), ...(await contact.whole(film, 'video/quicktime')));
  await newsroom.collect();
  return { folder, newsroom, id: (await newsroom.exhibits())[0]?.id ?? '' };
}

const request = { title: 'A title', language: 'en', media: 'full', body: 'What is known.' } as const;

describe('a release', () => {
  test('is signed, in the log, opens the commitment, and its medium is what was signed', async () => {
    const { folder, newsroom, id } = await withFilm();
    const releaseId = await newsroom.release({ ...request, exhibit: id });
    const { cleared, roster, checkpoint } = await newsroom.siteInput();
    const { devices, found } = verifyRoster(roster, newsroom.name);
    const [one] = cleared;
    if (!one) throw new Error('it was released');
    const { text } = verifyNote(
      one.note,
      devices.map(({ vkey }) => vkey),
    );
    const { size, root } = verifyCheckpoint(checkpoint, found.log);
    const proves = (entry: Uint8Array, place: { index: number; proof: readonly string[] }) =>
      verifyInclusion({ size, root, index: place.index, leaf: leafHash(entry), proof: place.proof.map((hash) => fromHex(hash)) });
    proves(releaseEntry(text), one.released);
    const [medium] = one.release.media;
    const [commitment] = one.commitments;
    if (!medium || !commitment) throw new Error('it has a medium whose original was committed to');
    expect(commitment.entry).toBe(new TextDecoder().decode(commitmentEntry('2026-11-20', medium.commitment)));
    proves(utf8(commitment.entry), commitment);
    const hash = createHash('sha256');
    for await (const chunk of one.media[0]?.read() ?? []) hash.update(chunk);
    expect(hash.digest('hex')).toBe(medium.sha256);
    expect(one.release).toMatchObject({
      id: releaseId,
      by: `Newsroom ${canary}`,
      reviewers: 0,
      media: [{ type: 'video/mp4', from: 'full' }],
    });
    const sealed = await filesBelow(join(folder, 'vault'));
    for (const bytes of sealed.values()) expect(bytes.includes('ftyp')).toBe(false);
    expect((await newsroom.exhibits())[0]?.releases).toEqual([releaseId]);
  });

  test('never says where it came from: no parcel, no hash of the original, no salt', async () => {
    const { newsroom, id } = await withFilm();
    await newsroom.release({ ...request, exhibit: id });
    const [one] = (await newsroom.siteInput()).cleared;
    const sha256 = (await newsroom.exhibits())[0]?.files[0]?.sha256 ?? '';
    expect(sha256).toHaveLength(64);
    const said = JSON.stringify([one?.note, one?.commitments, one?.released]);
    expect(said).not.toContain(sha256);
    expect(said).not.toContain(id);
    expect(parseNote(one?.note ?? '').text).not.toMatch(/parcel|salt|dispatch/);
  });

  test('of what is not complete, or not there, is refused and leaves nothing', async () => {
    const folder = await founded();
    const newsroom = await opened(folder);
    const shelf = await new Shelf().start();
    await newsroom.invite({ relay: shelf.base, label: '', plain: false });
    const contact = new Contact(folder);
    shelf.put(
      ...(await contact.words([{ kind: 'video', type: 'video/mp4', name: 'film.mp4', bytes: 5 }])),
      ...(await contact.layer('cut', new Uint8Array(5000), 'video/mp4')),
    );
    await newsroom.collect();
    const exhibit = (await newsroom.exhibits())[0]?.id ?? '';
    await expect(newsroom.release({ ...request, exhibit })).rejects.toMatchObject({ code: 'DESK_NOT_COMPLETE' });
    await expect(newsroom.release({ ...request, exhibit, media: 'glance' })).rejects.toMatchObject({ code: 'DESK_NO_LAYER' });
    await expect(newsroom.release({ ...request, exhibit, media: 'cut' })).rejects.toMatchObject({ code: 'DESK_MEDIA_UNREADABLE' });
    await expect(newsroom.release({ ...request, exhibit, title: '' })).rejects.toMatchObject({ code: 'DESK_REQUEST' });
    expect(newsroom.releases()).toEqual([]);
    expect(await readdir(join(folder, 'vault', 'released'))).toEqual([]);
  });

  test('that a kill left outside the log is entered at the next start', async () => {
    const { folder, newsroom, id } = await withFilm();
    const checkpoint = join(folder, 'log', 'checkpoint');
    const bytes = await readFile(checkpoint);
    await rm(checkpoint);
    await expect(newsroom.release({ ...request, exhibit: id })).rejects.toThrow();
    expect((await newsroom.siteInput()).cleared).toEqual([]);
    await newsroom.lock();
    await writeFile(checkpoint, bytes);
    const again = await opened(folder);
    const [one] = await again.cleared();
    expect(one?.release.title).toBe(request.title);
    for await (const chunk of one?.media[0]?.read() ?? []) expect(chunk.length).toBeGreaterThan(0);
  });
});
