/** Asks for the passphrase. */
import { useSignal } from '@preact/signals';
import type { DeskState } from '../../api.ts';
import { tell } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { attempt, desk } from '../state.ts';
import { say } from '../words/language.ts';

export function Unlock() {
  const passphrase = useSignal('');
  const busy = useSignal(false);
  const unlock = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    const state = await attempt(() => tell<DeskState>('/api/unlock', { passphrase: passphrase.value }));
    busy.value = false;
    if (!state) return;
    passphrase.value = '';
    desk.value = state;
  };
  return (
    <main class="card">
      <h1>{say.value.unlockTitle}</h1>
      <p class="lead">{say.value.useAddress}</p>
      <form onSubmit={(event) => void unlock(event)}>
        <Field name="passphrase" label={say.value.passphrase} value={passphrase} type="password" dir="ltr" required />
        <button type="submit" disabled={busy.value} data-testid="unlock">
          {busy.value ? say.value.unlocking : say.value.unlock}
        </button>
      </form>
    </main>
  );
}
