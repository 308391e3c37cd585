import { expect, it } from 'vitest';
import { boundOf, dialRoundTrips, doneAtUse } from './bound.ts';
import { badLines } from './lines.ts';
import { packetBytes, phoneStart, SteadyLane, windowsOf } from './weather.ts';

const rate = 1500;
const lane = new SteadyLane(rate);
const rtt = 1;
/** So many bytes of parcels go in a second. */
const goodput = (rate * (packetBytes - 40)) / packetBytes;

it('counts, on a line that never dies, the start of the tool, a handshake, and a round trip until the answer is home', () => {
  const bytes = 100 * goodput;
  const { use, done } = boundOf({ windows: [{ from: 0, to: 1e6 }], lane, rtt, bytes });
  expect(done).toBeCloseTo(phoneStart + rtt + 100 + rtt);
  expect(use).toBeCloseTo(bytes / (rate * done));
});

it('takes from each later window half a dial interval, a handshake, and half a round trip once', () => {
  const windows = [
    { from: 0, to: 10 },
    { from: 50, to: 60 },
    { from: 100, to: 200 },
  ];
  const perWindow = 10 - rtt - rtt / 2;
  const carried = perWindow - phoneStart + (perWindow - (dialRoundTrips / 2) * rtt);
  const bytes = (carried + 5) * goodput;
  const { use, done } = boundOf({ windows, lane, rtt, bytes });
  expect(done).toBeCloseTo(100 + (dialRoundTrips / 2) * rtt + rtt + 5 + rtt);
  expect(use).toBeCloseTo(bytes / (rate * (20 + done - 100)));
});

it('needs the next window when the line dies before the last answer is home', () => {
  const windows = [
    { from: 0, to: 10 },
    { from: 50, to: 60 },
  ];
  const bytes = (10 - phoneStart - 1.5 * rtt) * goodput;
  expect(boundOf({ windows, lane, rtt, bytes: bytes - goodput }).done).toBeLessThan(10);
  expect(boundOf({ windows, lane, rtt, bytes }).done).toBeCloseTo(50 + (dialRoundTrips / 2) * rtt + 2 * rtt);
});

it('is about nine tenths on a café that is shut, and says so when the windows do not suffice', () => {
  const cafe = badLines.find(({ key }) => key === 'cafe');
  if (!cafe) throw new Error('no café');
  for (const seed of [1, 2, 3, 4, 5]) {
    const plan = { lane: new SteadyLane(cafe.rate), rtt: cafe.rttMs / 1000, bytes: cafe.bytes };
    const { use, done } = boundOf({ ...plan, windows: windowsOf(cafe, seed) });
    expect(use).toBeGreaterThan(0.87);
    expect(use).toBeLessThan(0.92);
    expect(doneAtUse({ ...plan, windows: windowsOf(cafe, seed) }, 0.4)).toBeGreaterThan(done);
  }
  expect(() => boundOf({ windows: [{ from: 0, to: 3 }], lane, rtt, bytes: 1e6 })).toThrow(RangeError);
});
