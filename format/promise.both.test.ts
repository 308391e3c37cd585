import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, bytesOf, endsInValueOrRefusal } from './hostile.ts';
import { Cursor, formatPromised, leafEntry, parsePromised, promiseText, quarterOf, quarterToDate, toHex } from './index.ts';

const promises = fc.record({ salt: bytesOf(16), quarter: fc.nat(0xffff_ffff), signature: bytesOf(64) });

test('a promise is read as it was written', () => {
  always(promises, (promise) => {
    expect(parsePromised(new Cursor(formatPromised(promise)))).toEqual(promise);
  });
  endsInValueOrRefusal(fc.uint8Array({ maxLength: 100 }), (bytes) => parsePromised(new Cursor(bytes)));
});

test('every quarter that can travel is a date', () => {
  always(fc.nat(0xffff_ffff), (quarter) => {
    expect(quarterOf(quarterToDate(quarter).getTime())).toBe(quarter);
    expect(quarterOf(quarterToDate(quarter).getTime() + 899_999)).toBe(quarter);
  });
});

test('the text and the leaf are those of the protocol', () => {
  const name = new Uint8Array(32).fill(1);
  const salt = new Uint8Array(16).fill(2);
  expect(promiseText('relay.example/log', name, salt, 3)).toBe(
    `zajil-promise/1\nrelay.example/log\n${'01'.repeat(32)}\n${'02'.repeat(16)}\n3\n`,
  );
  expect(toHex(leafEntry(salt, name, 3))).toBe('d82b834e6ae860c8731193b489c63d8da9e0043333097ddba5d01af349ecfd0a');
});
