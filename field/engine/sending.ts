/** Keeps a sender running while the page is open: begins again after it is done, stopped, or hindered. */
import type { Invitation } from '@zajil/format';
import { type Bell, type Fetch, runSender, type Snapshot, type Spool, type SuppliedParcel } from '@zajil/line';
import type { Roster } from '@zajil/roster';

const hinderedPauseMs = 10_000;
const idlePauseMs = 60_000;

export interface SendingOptions {
  readonly invitation: Invitation;
  readonly spool: Spool;
  readonly fetch: Fetch;
  readonly random: () => number;
  readonly bell: Bell;
  readonly roster: () => Roster | null;
  readonly supply: () => Promise<SuppliedParcel | null>;
  /** After a run that broke off. */
  readonly recover: () => Promise<void>;
  /** Before each run, while none is under way. */
  readonly prepare: () => Promise<void>;
  /** The signal that ends the run which begins now. */
  readonly begin: () => AbortSignal;
  /** Resolves after `ms` or when something wakes the engine. */
  readonly pause: (ms: number) => Promise<void>;
  readonly onProgress: (snapshot: Snapshot) => void;
  readonly onFault: (error: unknown) => void;
}

/** Never ends but with the page. */
export async function keepSending(options: SendingOptions): Promise<never> {
  for (;;) {
    const news = nextRing(options);
    const hindered = await runOnce(options);
    // Done: nothing more until there is something new. A stopped run begins again at once.
    if (hindered === 'done') await news;
    if (hindered === 'hindered') await options.pause(hinderedPauseMs);
  }
}

async function runOnce(options: SendingOptions): Promise<'done' | 'stopped' | 'hindered'> {
  const roster = options.roster();
  if (!roster) return 'hindered';
  const { invitation, spool, fetch, random, bell, supply, onProgress } = options;
  await options.prepare();
  const signal = options.begin();
  try {
    const snapshot = await runSender({ invitation, roster, spool, fetch, random, bell, until: 'opened', supply, onProgress, signal });
    return snapshot.state === 'done' ? 'done' : 'stopped';
  } catch (error) {
    options.onFault(error);
    await options.recover();
    return 'hindered';
  }
}

/** Begins to listen before the run ends, so that nothing rung in between is missed. */
function nextRing({ bell, pause }: SendingOptions): Promise<void> {
  let stop = (): unknown => undefined;
  const rung = new Promise<void>((resolve) => {
    stop = bell.listen(() => resolve());
  });
  return Promise.race([rung, pause(idlePauseMs)]).finally(() => stop());
}
