import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  Contact,
  canary,
  film,
  filesBelow,
  founded,
  freshFolder,
  opened,
  original,
  passphrase,
  random,
  readAll,
  withShelf,
} from '../newsroom.rig.ts';
import { openNewsroom } from '../newsroom.ts';

describe('the vault on disk', () => {
  test('holds none of it readable: words, places, names, labels, pictures, file names', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    const picture = Buffer.from(`${canary} `.repeat(300));
    shelf.put(
      ...(await contact.words([film])),
      ...(await contact.layer('glance', picture, 'image/webp')),
      ...(await contact.whole(picture, 'video/mp4')),
    );
    expect(await newsroom.collect()).toMatchObject({ filed: 4, completed: 1 });
    await newsroom.lock();
    const planted = await freshFolder();
    const forms = canaryForms();
    for (const [i, form] of forms.entries()) await writeFile(join(planted, `${i}`), Buffer.concat([random(100), form, random(100)]));
    expect(await findCanary(planted, forms)).toHaveLength(forms.length);
    expect(await findCanary(folder, forms)).toEqual([]);
    expect([...(await filesBelow(folder)).keys()].join('\n')).not.toMatch(/mp4|webp|canary/i);
  });

  test('counts a damaged record and shows the rest', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.words()), ...(await new Contact(folder).words()));
    await newsroom.collect();
    const records = join(folder, 'vault', 'records');
    const id = (await newsroom.exhibits())[0]?.id ?? '';
    await newsroom.lock();
    const bytes = await readFile(join(records, `${id}.sealed`));
    bytes[300] = (bytes[300] ?? 0) ^ 1;
    await writeFile(join(records, `${id}.sealed`), bytes);
    const again = await opened(folder);
    expect(again.damaged).toBe(1);
    expect(await again.exhibits()).toHaveLength(1);
  });

  test('names a vanished parcel when it is read, and nothing else breaks', async () => {
    const { folder, newsroom, shelf, contact } = await withShelf();
    shelf.put(...(await contact.whole(original, 'video/mp4')));
    await newsroom.collect();
    const [exhibit] = await newsroom.exhibits();
    await rm(join(folder, 'vault', 'parcels'), { recursive: true });
    await expect(readAll(newsroom, exhibit?.id ?? '')).rejects.toMatchObject({ code: 'DESK_VANISHED' });
    await expect(newsroom.collect()).resolves.toMatchObject({ filed: 0 });
  });

  test('is open in one desk at a time', async () => {
    const { folder, newsroom } = await withShelf();
    const roster = join(folder, 'public', 'roster.txt');
    const written = `${await readFile(roster, 'utf8')}newer`;
    await writeFile(roster, written);
    await expect(openNewsroom({ folder, passphrase })).rejects.toMatchObject({ code: 'DESK_IN_USE' });
    expect(await readFile(roster, 'utf8')).toBe(written);
    await newsroom.lock();
    await opened(folder);
  });

  test('refuses what is not there', async () => {
    const newsroom = await opened(await founded());
    expect(() => newsroom.exhibit('nothing2')).toThrow(expect.objectContaining({ code: 'DESK_NO_EXHIBIT' }));
    await expect(newsroom.release({ exhibit: 'nothing2', title: 'x', language: 'en', media: 'full', body: '' })).rejects.toMatchObject({
      code: 'DESK_NO_EXHIBIT',
    });
  });
});

function canaryForms(): Buffer[] {
  const raw = Buffer.from(canary);
  const wide = Buffer.from(canary, 'utf16le');
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.from(
      Buffer.concat([Buffer.alloc(shift), raw])
        .toString('base64')
        .slice(4, -4),
    ),
  );
  return [
    raw,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(raw.toString('hex')),
    Buffer.from(raw.toString('hex').toUpperCase()),
    ...inBase64,
  ];
}

async function findCanary(folder: string, forms: readonly Buffer[]): Promise<string[]> {
  const found: string[] = [];
  for (const [name, bytes] of await filesBelow(folder)) if (forms.some((form) => bytes.includes(form))) found.push(name);
  return found;
}
