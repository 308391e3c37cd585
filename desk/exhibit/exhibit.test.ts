import { type PartHead, Plaintext, Secret, wordsType } from '@zajil/format';
import { expect, test } from 'vitest';
import { Exhibit, mostParcels } from './exhibit.ts';

const dispatch = new Uint8Array(16);
const arrival = { relay: '', seq: 1, salt: '00'.repeat(16), quarter: 1 };
const fileKey = new Secret(new Uint8Array(16));

test('an exhibit takes as many parcels as its record can hold, and refuses the next', () => {
  const exhibit = new Exhibit('abcdefgh', dispatch, 1);
  const place = (part: number) => {
    const head: PartHead = { dispatch, layer: 'whole', file: 0, view: 0, part, parts: 0, offset: part, type: 'video/mp4' };
    const name = new Uint8Array(32);
    new DataView(name.buffer).setUint32(0, part);
    exhibit.place(name, 8192, { fileKey, part: { head, content: new Plaintext(new Uint8Array(1)) } }, arrival);
  };
  for (let part = 0; part < mostParcels; part += 1) place(part);
  expect(() => place(mostParcels)).toThrow(expect.objectContaining({ code: 'DESK_TOO_LARGE' }));
  expect(JSON.stringify(exhibit.toRecord()).length).toBeLessThan(256 * 1024 * 1024 - 4096);
});

test('words are claimed only when a voice beside them is here as well', () => {
  const exhibit = new Exhibit('abcdefgh', dispatch, 1);
  const place = (view: number, part: number, parts: number) => {
    const head: PartHead = {
      dispatch,
      layer: 'words',
      file: 0,
      view,
      part,
      parts,
      offset: part,
      type: view === 0 ? wordsType : 'audio/webm',
    };
    const name = new Uint8Array(32).fill(10 * view + part);
    exhibit.place(name, 8192, { fileKey, part: { head, content: new Plaintext(new Uint8Array(1)) } }, arrival);
  };
  exhibit.words = { v: 1, text: '', written: '2026-11-20T10:00Z', place: '', urgent: false, files: [] };
  place(0, 0, 1);
  expect(exhibit.claims().words).toBe(true);
  place(1, 0, 2);
  expect(exhibit.claims().words).toBe(false);
  place(1, 1, 2);
  expect(exhibit.claims().words).toBe(true);
});
