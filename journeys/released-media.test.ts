/**
 * What the world gets of a photo and a video with a place, serial numbers and names in them: none of it. Every value
 * that exiftool reads in a source is looked for in every released medium and in every byte of the site, and so are the
 * original's own bytes and its bare SHA-256. The same search first finds all of it in the sources.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { findFootage } from '@zajil/cli';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Canary, copyFolder, searchFolder, textCanary } from './canary.ts';
import { figure } from './figures.ts';
import { World } from './zajil.ts';

const missing = [
  ['ffmpeg', '-version'],
  ['exiftool', '-ver'],
].flatMap(([tool = '', flag = '']) => (spawnSync(tool, [flag]).status === 0 ? [] : [tool]));
if (missing.length > 0) console.log(`released-media is skipped: ${missing.join(' and ')} is not installed`);

const stamps = {
  photo: [
    '-IFD0:Artist=Samar Haddad al-Raqqi',
    '-IFD0:Copyright=Orontes Picture Collective',
    '-ExifIFD:SerialNumber=SN8842117-KZ',
    '-ExifIFD:LensSerialNumber=LENS-5510-QX',
    '-ExifIFD:OwnerName=Yusuf Zeitouni',
    '-ExifIFD:UserComment=taken from the roof of Umm Khalid',
    '-Comment=دفتر ملاحظات أبو مروان',
    '-XMP-dc:Creator=Samar Haddad al-Raqqi',
    '-XMP-photoshop:City=Tell Abyad el-Gharbi',
    '-IPTC:By-line=Samar Haddad',
    '-GPSLatitude=35.950612',
    '-GPSLatitudeRef=N',
    '-GPSLongitude=39.009457',
    '-GPSLongitudeRef=E',
    '-GPSAltitude=251.75',
    '-GPSDateStamp=2017:06:14',
  ],
  video: [
    '-Keys:GPSCoordinates=35.950612, 39.009457, 251.75',
    '-Keys:Author=Samar Haddad al-Raqqi',
    '-Keys:Make=Zephyr Telephones',
    '-Keys:Model=Desire Q7-8842117',
    '-Keys:Comment=taken from the roof of Umm Khalid',
    '-UserData:SerialNumber=SN8842117-KZ',
    '-XMP-dc:Creator=Yusuf Zeitouni',
    '-QuickTime:CreateDate=2017:06:14 09:31:27',
    '-Track1:TrackCreateDate=2017:06:14 09:31:28',
    '-Track1:MediaCreateDate=2017:06:14 09:31:29',
  ],
} as const;

/** Tags that say how a picture or a sound is stored, not who, where or when: equal values there betray nobody. */
const aboutForm =
  /^(?:File|ExifTool|JFIF):|Width$|Height$|Resolution|Brand|TimeScale|Duration|Version$|MatrixStructure|Handler(?:Type|Class|Description|VendorID)|Compressor(?:ID|Name)|Audio(?:Format|SampleRate|Channels|BitsPerSample)|FrameRate|BitDepth|GraphicsMode|ColorSpace|ColorRepresentation|Color(?:Primaries|Profiles)|TransferCharacteristics|MatrixCoefficients|YCbCr|PixelAspectRatio|Orientation|^System:(?!FileName$)|ImageSize|Megapixels|AvgBitrate|Rotation|MediaData|PreferredRate|Volume$|Bitrate|BufferSize|LanguageCode|OpColor|Balance|Compression|ImageLength|SceneType|ComponentsConfiguration/;

/** Values which every file of the kind has, whoever made it. */
const saysNothing = /^(?:0000:00:00 00:00:00|[\d.]{1,4}|0+(?:[.\s]0+)*|\(Binary data .*|undef|None|Unknown.*|English)$/;

let world: World;
beforeAll(() => {
  world = new World('released');
});
afterAll(() => world.end());

interface Tag {
  readonly name: string;
  readonly value: string;
}

function tagsOf(folder: string): Tag[] {
  const readings = [[], ['-n']].map((flags) => {
    const read = spawnSync('exiftool', ['-a', '-G1', '-ee', '-json', '-q', ...flags, '-r', folder], { maxBuffer: 64 * 1024 * 1024 });
    return JSON.parse(read.stdout.toString()) as Record<string, unknown>[];
  });
  return readings
    .flat(2)
    .flatMap((file) => Object.entries(file).flatMap(([name, value]) => textsOf(value).map((text) => ({ name, value: text }))));
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(textsOf);
  return [String(value).trim()];
}

function telling(tags: readonly Tag[]): Set<string> {
  return new Set(
    tags
      .filter(({ name, value }) => name !== 'SourceFile' && !aboutForm.test(name) && value.length > 3 && !saysNothing.test(value))
      .map(({ value }) => value),
  );
}

/** A place in the forms in which it is written: decimal, degrees, ISO 6709, as XMP does. */
function placesIn(tags: readonly Tag[]): string[] {
  return tags
    .filter(({ name, value }) => /GPS(?:Latitude|Longitude|Altitude)$/.test(name) && /^-?\d+\.\d{3,}$/.test(value))
    .flatMap(({ value }) => {
      const degrees = Math.abs(Number(value));
      const minutes = (degrees % 1) * 60;
      const whole = Math.floor(degrees);
      const seconds = (minutes % 1) * 60;
      return [
        value,
        degrees.toFixed(4),
        `${whole},${minutes.toFixed(4)}`,
        `${whole} deg ${Math.floor(minutes)}' ${seconds.toFixed(2)}`,
        `${whole}°${Math.floor(minutes)}′`,
        `+${value}`,
      ];
    });
}

/** What of these values lies anywhere in a folder. Short ones are not looked for in base64, where four letters meet by chance. */
function valuesIn(folder: string, values: ReadonlySet<string>): string[] {
  const canaries: Canary[] = [...values].filter((value) => Buffer.byteLength(value) > 5).map((value) => textCanary(value, value));
  const hits = searchFolder(folder, canaries).filter(({ label, form }) => Buffer.byteLength(label) >= 12 || !form.includes('base64'));
  return hits.map(({ file, label, form }) => `${label} in ${file} as ${form}`);
}

const windowBytes = 32;

/** Which stretches of the originals, 32 bytes each, lie anywhere in a folder. Tables that every encoder writes do not count. */
function stretchesIn(folder: string, originals: readonly Buffer[]): string[] {
  const known = new Set<string>();
  for (const original of originals) {
    for (let at = 0; at + windowBytes <= original.length; at += windowBytes) {
      const stretch = original.subarray(at, at + windowBytes);
      if (new Set(stretch).size > 20) known.add(stretch.toString('latin1'));
    }
  }
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = readFileSync(join(entry.parentPath, entry.name)).toString('latin1');
    for (let at = 0; at + windowBytes <= text.length; at += 1) {
      if (known.has(text.slice(at, at + windowBytes))) found.push(`${entry.name} at ${at}`);
    }
  }
  return found;
}

/** Files as a phone makes them, and then some; real ones that lie beside the footage come along. */
async function camera(): Promise<string[]> {
  const { photo, video } = await findFootage(world.path('footage'));
  mkdirSync(world.path('camera'));
  const short = world.path('short.mp4');
  const cut = spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', video, '-t', '5', '-c', 'copy', short]);
  const files = [
    { from: photo, to: world.path('camera', `Roof_of_Umm_Khalid_0931${extname(photo)}`), stamp: stamps.photo },
    { from: cut.status === 0 ? short : video, to: world.path('camera', 'Zeitouni_family_clip.mp4'), stamp: stamps.video },
  ];
  for (const { from, to, stamp } of files) {
    copyFileSync(from, to);
    const stamped = spawnSync('exiftool', ['-q', '-overwrite_original', ...stamp, to]);
    expect(stamped.status, stamped.stderr.toString()).toBe(0);
  }
  const real = join(dirname(photo), 'with-gps.mp4');
  if (existsSync(real)) copyFileSync(real, world.path('camera', basename(real)));
  return readdirSync(world.path('camera')).map((name) => world.path('camera', name));
}

test.skipIf(missing.length > 0)('a release says nothing that its sources say about person, place, time or device', async () => {
  const files = await camera();
  const sources = tagsOf(world.path('camera'));
  const values = new Set([...telling(sources), ...placesIn(sources)]);
  const originals = files.map((path) => readFileSync(path));
  const hashes: Canary[] = originals.map((bytes, i) => ({
    label: `SHA-256 of ${basename(files[i] ?? '')}`,
    bytes: new Uint8Array(createHash('sha256').update(bytes).digest()),
  }));
  expect(values.size).toBeGreaterThan(40);
  for (const text of [
    'Samar Haddad al-Raqqi',
    'SN8842117-KZ',
    'Yusuf Zeitouni',
    '35.950612',
    'Tell Abyad el-Gharbi',
    '2017:06:14 09:31:27',
  ]) {
    expect([...values].join('\n')).toContain(text);
  }

  const { desk, invite } = await world.newsroom({ publish: '2' });
  await world.must('send', '--invite', invite, '--state', world.path('state'), '--words', 'ثلاثة ملفات', ...files);
  await world.must('collect', '--dir', desk);
  const listed = await world.must('exhibits', '--dir', desk, '--json');
  const exhibit = String(listed.lines.find(({ event }) => event === 'exhibit')?.['id']);
  for (const media of ['full', 'cut', 'glance']) {
    const begun = Date.now();
    const made = await world.must('release', '--dir', desk, '--exhibit', exhibit, '--title', `من ${media}`, '--media', media, '--json');
    figure(
      'released media',
      media,
      `${((made.lines.at(-1)?.['media'] ?? []) as unknown[]).length} files in ${((Date.now() - begun) / 1000).toFixed(1)} s`,
    );
  }
  const site = world.path('site');
  await world.must('press', '--dir', desk, '--out', site);
  await world.must('verify', site);

  // The check finds all of it where it is: in a copy of the site with the sources among its media.
  const careless = world.path('careless');
  copyFolder(site, careless);
  copyFolder(world.path('camera'), join(careless, 'media'));
  const released = tagsOf(join(careless, 'media'));
  for (const value of telling(sources)) expect(released.map((tag) => tag.value)).toContain(value);
  expect(valuesIn(careless, values).length).toBeGreaterThan(20);
  expect(stretchesIn(careless, originals).length).toBeGreaterThan(1000);

  const tags = tagsOf(join(site, 'media'));
  expect(tags.filter(({ name }) => name === 'SourceFile').length).toBeGreaterThanOrEqual(2 * 6);
  expect(tags.filter(({ name, value }) => values.has(value) && !aboutForm.test(name))).toEqual([]);
  expect(tags.filter(({ name }) => /GPS|Serial|Artist|Creator|Author|Owner|Comment|Make$|Model$|Location/i.test(name))).toEqual([]);
  expect(valuesIn(site, values)).toEqual([]);
  expect(stretchesIn(site, originals)).toEqual([]);
  expect(searchFolder(site, hashes)).toEqual([]);
  figure(
    'released media',
    'looked for',
    `${values.size} values of ${files.length} sources in ${readdirSync(join(site, 'media')).length} released media: none`,
  );
});
