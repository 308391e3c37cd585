/** What was refused, as a sentence; and a bar while the desk's own program is silent. */
import { lost, trouble } from '../state.ts';
import { refusalText, say } from '../words/language.ts';

/** The regions stand before they are filled: one that comes together with its text is not always read out. */
export function Trouble() {
  const now = trouble.value;
  const putAway = (): void => {
    trouble.value = null;
    document.getElementById('content')?.focus();
  };
  return (
    <div role="alert">
      {now && (
        <div class="trouble" data-testid="trouble" data-code={now.code}>
          <p dir="auto" id="trouble-text">
            {refusalText(now)}
          </p>
          <code>
            <bdi dir="ltr">{now.code}</bdi>
          </code>
          <button type="button" class="quiet" onClick={putAway}>
            {say.value.putAway}
          </button>
        </div>
      )}
    </div>
  );
}

export function Lost() {
  return (
    <div role="alert">
      {lost.value && (
        <p class="trouble" data-testid="lost">
          {say.value.lost}
        </p>
      )}
    </div>
  );
}
