/** Shown only while there is no invitation: paste the message that holds it. */
import { signal } from '@preact/signals';
import { say } from '../words/language.ts';

const text = signal('');

export function Invite({ onPaste }: { onPaste: (text: string) => void }) {
  const open = (event: Event) => {
    event.preventDefault();
    onPaste(text.value);
    text.value = '';
  };
  return (
    <form class="make" data-testid="invite" autocomplete="off" onSubmit={open}>
      <label class="field">
        <span>{say.value.invite}</span>
        <textarea
          data-testid="invitation"
          rows={5}
          dir="ltr"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="main" data-testid="open-invitation">
        {say.value.inviteOpen}
      </button>
    </form>
  );
}
