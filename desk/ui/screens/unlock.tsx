/** Asks for the passphrase. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { DeskState } from '../../api.ts';
import { tell } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { attempt, desk, trouble } from '../state.ts';
import { say } from '../words/language.ts';

export function Unlock() {
  const passphrase = useSignal('');
  const isShown = useSignal(false);
  const busy = useSignal(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const unlock = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    const state = await attempt(() => tell<DeskState>('/api/unlock', { passphrase: passphrase.value }));
    busy.value = false;
    if (state) desk.value = state;
    else input.current?.focus();
  };
  const isWrong = trouble.value?.code.startsWith('KEYS_') ?? false;
  return (
    <main class="card" id="content" tabIndex={-1}>
      <h1>{say.value.unlockTitle}</h1>
      <p class="lead">{say.value.useAddress}</p>
      <form onSubmit={(event) => void unlock(event)}>
        <Field
          name="passphrase"
          label={say.value.passphrase}
          value={passphrase}
          type={isShown.value ? 'text' : 'password'}
          dir="ltr"
          required
          inputRef={input}
          invalid={isWrong}
          {...(isWrong && { describedBy: 'trouble-text' })}
        />
        <label class="check">
          <input type="checkbox" checked={isShown.value} onChange={() => (isShown.value = !isShown.value)} /> {say.value.showPassphrase}
        </label>
        <button type="submit" aria-disabled={busy.value} data-testid="unlock">
          {busy.value ? say.value.unlocking : say.value.unlock}
        </button>
      </form>
    </main>
  );
}
