/** How a run of `zajil send` ends: done, enough for now, or the time was over. */
import type { DispatchProgress, Segment, SegmentState, Snapshot } from '@zajil/line';
import { type Out, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';

export type Until = 'taken' | 'arrived' | 'opened';

const states: readonly SegmentState[] = ['here', 'going', 'taken', 'arrived', 'opened'];

/**
 * Is what is not yet so all of it what the newsroom has enough of? Only then: a dispatch of which the words or a whole
 * are still to be sealed has more to say.
 */
export function restIsEnough({ dispatches }: Pick<Snapshot, 'dispatches'>, until: Until): boolean {
  const segments = dispatches.flatMap((one) => openSegments(one, until));
  return segments.length > 0 && segments.every((segment) => segment.enough);
}

function openSegments({ words, files }: DispatchProgress, until: Until): Segment[] {
  // Of a file there may be no glance and no cut; they are sealed before its whole.
  const made = files.flatMap(({ glance, cut }) => [glance, cut]).filter(({ bytesTotal }) => bytesTotal !== null);
  const all = [words, ...made, ...files.map(({ whole }) => whole)];
  return all.filter(({ state }) => states.indexOf(state) < states.indexOf(until));
}

/** Tells the end. @throws CliError `CLI_TIMEOUT` */
export function tellEnd(out: Out, snapshot: Snapshot, until: Until): number {
  const { bytesSent, bytesWaiting } = snapshot;
  const safeToErase = snapshot.dispatches.every((one) => one.safeToErase);
  const fields = { until, bytesSent, bytesWaiting, safeToErase };
  if (snapshot.state === 'done') {
    out.fact({ event: 'done', ...fields }, `${until}: everything (${showBytes(bytesSent)} sent)`);
    return 0;
  }
  if (restIsEnough(snapshot, until)) {
    out.fact(
      { event: 'enough', ...fields },
      `The newsroom has enough for now (${showBytes(bytesSent)} sent). The rest is not lost: keep the files and the state folder, and run the same command again another day`,
    );
    return 0;
  }
  out.progress({ event: 'waiting', ...fields }, `${showBytes(bytesWaiting)} still wait.`);
  throw new CliError(
    'CLI_TIMEOUT',
    'The time was over before everything was so far. What is sealed waits in the state folder; run the same command again and it goes on',
    snapshot.trouble ?? undefined,
  );
}
