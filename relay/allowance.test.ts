import { expect, test } from 'vitest';
import { Allowance } from './allowance.ts';
import { dayMs } from './rig.ts';

const limits = { bags: 2, stagedBytes: 100, dayBytes: 250 };
const refusal = (code: string) => expect.objectContaining({ code });

test('one token has so many bags at once, another its own', () => {
  const allowance = new Allowance(limits, () => dayMs);
  const leave = allowance.enter('a');
  allowance.enter('a');
  expect(() => allowance.enter('a')).toThrow(refusal('RELAY_BUSY'));
  allowance.enter('b');
  leave();
  allowance.enter('a');
});

test('bytes begun are bounded until they are whole, and in a day', () => {
  const allowance = new Allowance(limits, () => dayMs);
  allowance.begin('a', 100);
  expect(() => allowance.begin('a', 1)).toThrow(refusal('RELAY_TOO_MUCH'));
  allowance.whole('a', 100);
  allowance.begin('a', 100);
  allowance.whole('a', 100);
  expect(() => allowance.begin('a', 51)).toThrow(refusal('RELAY_TOO_MUCH'));
  allowance.begin('a', 50);
});

test('all counters end at midnight UTC, but a bag under way is still counted', () => {
  let now = dayMs;
  const allowance = new Allowance(limits, () => now);
  allowance.enter('a');
  allowance.begin('a', 100);
  now = Date.parse('2026-03-02T00:00:00Z');
  allowance.begin('a', 100);
  allowance.enter('a');
  expect(() => allowance.enter('a')).toThrow(refusal('RELAY_BUSY'));
});

test('a parcel that another token began never turns into credit', () => {
  const allowance = new Allowance(limits, () => dayMs);
  allowance.whole('a', 1000);
  expect(() => allowance.begin('a', 101)).toThrow(refusal('RELAY_TOO_MUCH'));
});
