/** Keeps the screen on while something goes: a phone that sleeps closes the line. Needs no permission; may be refused. */
import { effect } from '@preact/signals';
import { card, items, line } from './state.ts';
import { isCardBusy, stateOf } from './status.ts';

/** Follows the items until the page closes. */
export function keepAwakeWhileSending(): void {
  if (!('wakeLock' in navigator)) return;
  let lock: WakeLockSentinel | null = null;
  const follow = async () => {
    const isGoing = items.value.some((item) => ['here', 'going'].includes(stateOf(item)));
    const needed = isCardBusy(card.value) || (line.value === 'alive' && isGoing);
    if (needed && document.visibilityState === 'visible') {
      if (!lock || lock.released) lock = await navigator.wakeLock.request('screen').catch(() => null);
    } else {
      await lock?.release();
      lock = null;
    }
  };
  let last = Promise.resolve();
  const queue = () => (last = last.then(follow, follow));
  effect(() => {
    void items.value;
    void line.value;
    void card.value;
    void queue();
  });
  document.addEventListener('visibilitychange', () => void queue());
}
