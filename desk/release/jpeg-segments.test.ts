import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isBareJpeg } from './jpeg-segments.ts';

const picture = execFileSync('ffmpeg', [
  '-v',
  'error',
  '-f',
  'lavfi',
  '-i',
  'testsrc2=size=64x64',
  '-frames:v',
  '1',
  '-fflags',
  '+bitexact',
  '-flags:v',
  '+bitexact',
  '-f',
  'mjpeg',
  'pipe:1',
]);
const comment = Buffer.from([0xff, 0xfe, 0, 6, 0x4e, 0x61, 0x64, 0x69]);
const exif = Buffer.from([0xff, 0xe1, 0, 8, 0x45, 0x78, 0x69, 0x66, 0, 0]);

test('a bare picture is one', () => {
  expect(isBareJpeg(picture)).toBe(true);
});

test.each([
  ['a comment', Buffer.concat([picture.subarray(0, 2), comment, picture.subarray(2)])],
  ['EXIF after the head', Buffer.concat([picture.subarray(0, 20), exif, picture.subarray(20)])],
  ['bytes after its end', Buffer.concat([picture, Buffer.from('more')])],
  ['no end', picture.subarray(0, -2)],
  ['nothing in it', Buffer.alloc(0)],
])('a picture with %s is not bare', (_, bytes) => {
  expect(isBareJpeg(bytes)).toBe(false);
});
