/**
 * Press and hold: nothing happens by a touch, and no direction, no text and no fine movement is needed. Time is given
 * by the caller, so that it can be replayed.
 */
export const holdMs = 2000;

export interface Hold {
  readonly press: () => void;
  readonly release: () => void;
}

/**
 * @param onProgress - 0 to 1 while held, 0 again when let go too early
 * @param onHeld - once, when it was held for `holdMs`
 * @param clock - how time passes; the default is the page's own
 */
export function createHold(onProgress: (part: number) => void, onHeld: () => void, clock: HoldClock = pageClock): Hold {
  let startedMs: number | null = null;
  let timer: number | null = null;
  const stop = () => {
    if (timer !== null) clock.cancel(timer);
    timer = null;
    startedMs = null;
  };
  const tick = () => {
    if (startedMs === null) return;
    const part = Math.min(1, (clock.nowMs() - startedMs) / holdMs);
    onProgress(part);
    if (part < 1) {
      timer = clock.after(40, tick);
      return;
    }
    stop();
    onHeld();
  };
  return {
    press() {
      if (startedMs !== null) return;
      startedMs = clock.nowMs();
      tick();
    },
    release() {
      if (startedMs === null) return;
      stop();
      onProgress(0);
    },
  };
}

export interface HoldClock {
  nowMs(): number;
  after(ms: number, act: () => void): number;
  cancel(timer: number): void;
}

const pageClock: HoldClock = {
  nowMs: () => performance.now(),
  after: (ms, act) => window.setTimeout(act, ms),
  cancel: (timer) => window.clearTimeout(timer),
};
