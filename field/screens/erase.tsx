/** The third screen: press and hold the middle for two seconds. Works alike in both directions and from a keyboard. */
import { signal } from '@preact/signals';
import { createHold } from '../hold.ts';
import { Icon } from '../icons.tsx';
import { say } from '../words/language.ts';

const radius = 88;
const circumference = 2 * Math.PI * radius;

/** How long it has been held, 0 to 1. */
const progress = signal(0);
const asking = signal(false);
const act = { erase: (): void => undefined };
const hold = createHold(
  (part) => (progress.value = part),
  () => act.erase(),
);
const isKey = (event: KeyboardEvent) => event.key === ' ' || event.key === 'Enter';

export function Erase({ onErase }: { onErase: () => void }) {
  act.erase = onErase;
  return (
    <section class="erase" data-testid="erase-screen">
      <p>{say.value.eraseWhat}</p>
      <button
        type="button"
        class="hold"
        data-testid="erase-hold"
        aria-label={`${say.value.eraseTitle}. ${say.value.eraseHold}`}
        onPointerDown={(event) => (event.currentTarget.setPointerCapture(event.pointerId), hold.press())}
        onPointerUp={() => hold.release()}
        onPointerCancel={() => hold.release()}
        onLostPointerCapture={() => hold.release()}
        onKeyDown={(event) => isKey(event) && (event.preventDefault(), hold.press())}
        onKeyUp={(event) => isKey(event) && hold.release()}
        onBlur={() => hold.release()}
        onContextMenu={(event) => event.preventDefault()}
      >
        <svg viewBox="0 0 200 200" aria-hidden="true">
          <circle cx="100" cy="100" r={radius} class="ring" />
          <circle
            cx="100"
            cy="100"
            r={radius}
            class="ring full"
            stroke-dasharray={circumference}
            stroke-dashoffset={circumference * (1 - progress.value)}
          />
        </svg>
        <span class="middle">
          <Icon name="erase" size={56} />
          {say.value.eraseHold}
        </span>
      </button>
      {asking.value ? (
        <div class="row">
          <button type="button" class="second danger" data-testid="erase-now" onClick={onErase}>
            <Icon name="erase" /> {say.value.eraseNow}
          </button>
          <button type="button" class="second" onClick={() => (asking.value = false)}>
            {say.value.eraseCancel}
          </button>
        </div>
      ) : (
        <button type="button" class="second" data-testid="erase-other-way" onClick={() => (asking.value = true)}>
          {say.value.eraseOtherWay}
        </button>
      )}
    </section>
  );
}
