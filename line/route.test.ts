import { describe, expect, test } from 'vitest';
import { LineError } from './refusal.ts';
import { Route } from './route.ts';

const half = (): number => 0.5;

describe('the route', () => {
  test('dials again at once after the first loss, then after growing pauses, never long', () => {
    const route = new Route(['a'], half);
    route.onFailed(0, 100);
    expect(route.retryAt).toBe(-Infinity);
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((i) => {
      route.onFailed(i * 100_000, i * 100_000);
      return route.retryAt - i * 100_000;
    });
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses[0]).toBeLessThan(300);
    expect(pauses.at(-1)).toBeLessThanOrEqual(4000);
  });

  test('counts what was under way together as one failure', () => {
    const route = new Route(['a'], half);
    route.onFailed(0, 100);
    route.onFailed(10, 101);
    route.onFailed(20, 102);
    expect(route.retryAt).toBe(-Infinity);
  });

  test('turns to the next relay after three failures, and comes round', () => {
    const route = new Route(['a', 'b'], half);
    for (let i = 0; i < 3; i += 1) route.onFailed(i * 10_000, i * 10_000);
    expect([route.current, route.retryAt]).toEqual(['b', -Infinity]);
    for (let i = 3; i < 6; i += 1) route.onFailed(i * 10_000, i * 10_000);
    expect(route.current).toBe('a');
  });

  test('leaves a closed door alone for a while, also when it is the only one', () => {
    const route = new Route(['a', 'b'], half);
    route.onRefused(new LineError('LINE_CLOSED_DOOR'), 0);
    expect(route.current).toBe('b');
    for (let i = 1; i < 4; i += 1) route.onFailed(i * 1000, i * 1000);
    expect(route.current).toBe('b');
    const only = new Route(['a'], half);
    only.onRefused(new LineError('LINE_LYING_RELAY'), 0);
    expect(only.retryAt).toBeGreaterThanOrEqual(30_000);
    expect(only.states.get('a')).toBe('lying');
  });
});
