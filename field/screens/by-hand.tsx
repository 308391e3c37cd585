/** Part of the second screen: carry on a card that somebody handed over; save what waits to a card. */
import { signal } from '@preact/signals';
import type { CardState } from '../engine/protocol.ts';
import { Icon } from '../icons.tsx';
import { card } from '../state.ts';
import { isCardBusy } from '../status.ts';
import { say, sizeText } from '../words/language.ts';

export interface ByHandActions {
  readonly carry: (files: readonly File[]) => void;
  readonly save: (fillBytes: number) => void;
}

/** Bytes that cards and patience are made of. */
const sizes = [100e6, 500e6, 2e9];

const choosing = signal(false);

export function ByHand({ carry, save }: ByHandActions) {
  const busy = isCardBusy(card.value);
  const chosen = (event: Event & { currentTarget: HTMLInputElement }) => {
    const files = [...(event.currentTarget.files ?? [])];
    if (files.length > 0) carry(files);
    event.currentTarget.value = '';
  };
  return (
    <section class="hand" aria-labelledby="by-hand" data-testid="by-hand">
      <h2 id="by-hand">
        <Icon name="card" /> {say.value.hand}
      </h2>
      <p class="hint">{say.value.handWhat}</p>
      <label class="second">
        <input type="file" class="unseen" data-testid="carry-card" multiple onChange={chosen} />
        <Icon name="send" /> {say.value.carryCard}
      </label>
      <button
        type="button"
        class="second"
        data-testid="save-card"
        aria-expanded={choosing.value}
        onClick={() => (choosing.value = !choosing.value)}
      >
        <Icon name="taken" /> {say.value.saveCard}
      </button>
      {choosing.value && (
        <div class="sizes" role="group" aria-label={say.value.saveMost}>
          <p class="hint">{say.value.saveMost}</p>
          {sizes.map((bytes) => (
            <button
              key={bytes}
              type="button"
              class="second"
              data-testid="save-size"
              onClick={() => {
                choosing.value = false;
                save(bytes);
              }}
            >
              {sizeText(bytes)}
            </button>
          ))}
        </div>
      )}
      <p
        class={busy || card.value === null ? 'notice' : 'notice loud'}
        data-testid="card-state"
        data-step={card.value?.step}
        role="status"
        aria-live={busy ? 'off' : 'polite'}
      >
        {card.value && sentenceOf(card.value)}
      </p>
    </section>
  );
}

function sentenceOf(state: CardState): string {
  const words = say.value.card;
  if (state.step === 'taken') return state.all ? words.taken(sizeText(state.bytes)) : words.takenPart(sizeText(state.bytes));
  if (state.step === 'saved')
    return state.left > 0 ? words.savedPart(sizeText(state.bytes), sizeText(state.left)) : words.saved(sizeText(state.bytes));
  if ('bytes' in state) return words[state.step](sizeText(state.bytes), sizeText(state.of));
  return words[state.step];
}
