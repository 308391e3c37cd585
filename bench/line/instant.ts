/** The clock that all processes of a run share: `CLOCK_MONOTONIC`, as the line tool's Python reads it. */
import { hrtime } from 'node:process';

/** Seconds. */
export function instant(): number {
  return Number(hrtime.bigint()) / 1e9;
}
