/** What was refused, as a sentence; and a bar while the desk's own program is silent. */
import { lost, trouble } from '../state.ts';
import { say } from '../words/language.ts';

export function Trouble() {
  const now = trouble.value;
  if (!now) return null;
  return (
    <div class="trouble" role="alert" data-testid="trouble" data-code={now.code}>
      <p dir="auto">{now.message || say.value.lost}</p>
      <code>{now.code}</code>
      <button type="button" class="quiet" onClick={() => (trouble.value = null)}>
        {say.value.putAway}
      </button>
    </div>
  );
}

export function Lost() {
  return lost.value ? (
    <p class="trouble" role="alert">
      {say.value.lost}
    </p>
  ) : null;
}
