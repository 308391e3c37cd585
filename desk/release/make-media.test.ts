import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execFileSync } from 'node:child_process';
import { Plaintext, Secret } from '@zajil/format';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type MadeType, makeMedium, readMade } from './make-media.ts';
import type { Source } from './source-server.ts';

const footage = fileURLToPath(new URL('../../../shared/footage/', import.meta.url));
const key = new Secret(new Uint8Array(32).fill(9));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zajil-media-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

function isThere(name: string): boolean {
  const there = existsSync(join(footage, name));
  if (!there) console.warn(`left out, since the footage is not here: ${name}`);
  return there;
}

function sourceOf(bytes: Uint8Array, type: string): Source {
  return {
    bytes: bytes.length,
    type,
    async *read({ from, to }) {
      yield new Plaintext(bytes.subarray(from, to));
    },
  };
}

async function make(bytes: Uint8Array, type: string, made: MadeType, names: readonly string[] = []) {
  const path = join(folder, 'made.sealed');
  const medium = await makeMedium({ source: sourceOf(bytes, type), type: made, names, path, key });
  return { medium, bytes: Buffer.from(await readMade(path, key, medium.bytes)) };
}

const cases = [
  { name: 'with-gps.mp4', type: 'video/mp4', made: 'video/mp4', secrets: ['+4', 'GPS', '20'] },
  { name: 'with-gps.mov', type: 'video/quicktime', made: 'video/mp4', secrets: ['Core Media', 'iPhone', 'Apple Inc'] },
  { name: 'HTC_Desire.jpg', type: 'image/jpeg', made: 'image/jpeg', secrets: ['HTC', 'Desire', 'Exif'] },
  {
    name: 'Samsung_SM-J327T1.jpg',
    type: 'image/jpeg',
    made: 'image/jpeg',
    secrets: ['SM-J327T1', 'samsung', 'J327T1UVS4ASH2', 'M05LSJA00NM', 'Exif'],
  },
] as const;

test('a list of other files that calls itself a film makes no parser fetch them: its author would learn where the newsroom is', async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/segment.ts`;
  const list = `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${url}\n#EXT-X-ENDLIST\n`;
  await expect(make(Buffer.from(list), 'video/mp4', 'video/mp4')).rejects.toMatchObject({ code: 'DESK_MEDIA_UNREADABLE' });
  expect(asked).toBe(0);
});

describe('a release of real footage', () => {
  test.for(cases)('says nothing of the camera, place and date of $name', async ({ name, type, made, secrets }, { skip }) => {
    if (!isThere(name)) skip();
    const source = await readFile(join(footage, name));
    const { medium, bytes } = await make(source, type, made, [name]);
    expect(medium.type).toBe(made);
    expect(medium.width).toBeGreaterThan(100);
    for (const secret of secrets.filter((text) => text.length > 3)) expect(bytes.includes(secret), secret).toBe(false);
    // None of the original's bytes, in stretches long enough to be no chance.
    for (let at = 4096; at + 24 < source.length; at += Math.ceil(source.length / 200)) {
      const stretch = source.subarray(at, at + 24);
      if (new Set(stretch).size > 8) expect(bytes.includes(stretch)).toBe(false);
    }
  });

  test('stands upright though the phone was held sideways', async ({ skip }) => {
    if (!isThere('Samsung_SM-J327T1.jpg') || !isThere('with-gps.mov')) skip();
    const photo = await make(await readFile(join(footage, 'Samsung_SM-J327T1.jpg')), 'image/jpeg', 'image/jpeg');
    expect([photo.medium.width, photo.medium.height]).toEqual([1932, 2576]);
    const film = await make(await readFile(join(footage, 'with-gps.mov')), 'video/quicktime', 'video/mp4');
    expect([film.medium.width, film.medium.height]).toEqual([320, 568]);
  });
});

describe('what could not be proved bare', () => {
  test('is refused and destroyed when a text of the source is found in it', async ({ skip }) => {
    if (!isThere('HTC_Desire.jpg')) skip();
    const source = await readFile(join(footage, 'HTC_Desire.jpg'));
    const before = await make(source, 'image/jpeg', 'image/jpeg');
    // The same source gives the same picture, so a text that stands in it by chance stands in it again.
    const chance = /[ -~]{6,}/.exec(before.bytes.toString('latin1'))?.[0] ?? '';
    expect(chance.length).toBeGreaterThan(5);
    await rm(join(folder, 'made.sealed'));
    await expect(make(source, 'image/jpeg', 'image/jpeg', [chance])).rejects.toMatchObject({ code: 'DESK_METADATA_LEFT' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a hostile or broken file', () => {
  test.each([
    ['noise', Buffer.alloc(10_000, 0x5a), 'image/jpeg', 'image/jpeg'],
    ['nothing', Buffer.alloc(0), 'video/mp4', 'video/mp4'],
    ['a playlist that asks for a file of this machine', Buffer.from('#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n'), 'video/mp4', 'video/mp4'],
    ['a list of parts to join', Buffer.from('ffconcat version 1.0\nfile /etc/passwd\n'), 'video/mp4', 'video/mp4'],
  ] as const)('of %s is refused, and no file is left', async (_, bytes, type, made) => {
    await expect(make(bytes, type, made)).rejects.toMatchObject({ code: 'DESK_MEDIA_UNREADABLE' });
    expect(await readdir(folder)).toEqual([]);
  });

  test('that takes too long is stopped', async () => {
    const long = execFileSync(
      'ffmpeg',
      ['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=1280x720:duration=12', '-c:v', 'mjpeg', '-f', 'avi', 'pipe:1'],
      { maxBuffer: 1 << 29 },
    );
    const path = join(folder, 'made.sealed');
    const work = makeMedium({ source: sourceOf(long, 'video/x-msvideo'), type: 'video/mp4', names: [], path, key, timeoutMs: 100 });
    await expect(work).rejects.toMatchObject({ code: 'DESK_MEDIA_LIMIT' });
    expect(await readdir(folder)).toEqual([]);
  });
});
