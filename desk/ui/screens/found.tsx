/** The first screen: founds the newsroom, and shows its passphrase once. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { FoundAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { Field } from '../parts/field.tsx';
import { attempt, desk } from '../state.ts';
import { say } from '../words/language.ts';

export function Found() {
  const name = useSignal('');
  const member = useSignal('');
  const busy = useSignal(false);
  const answer = useSignal<FoundAnswer | null>(null);
  const found = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    answer.value = await attempt(() => tell<FoundAnswer>('/api/found', { name: name.value.trim(), member: member.value.trim() }));
    busy.value = false;
  };
  if (answer.value) return <Passphrase answer={answer.value} />;
  return (
    <main class="card" id="content" tabIndex={-1}>
      <h1>{say.value.foundTitle}</h1>
      <p class="lead">{say.value.foundLead}</p>
      <form onSubmit={(event) => void found(event)}>
        <Field name="name" label={say.value.newsroomName} value={name} required most={100} />
        <Field name="member" label={say.value.memberName} value={member} required most={100} />
        <button type="submit" aria-disabled={busy.value} data-testid="found">
          {busy.value ? say.value.founding : say.value.found}
        </button>
      </form>
    </main>
  );
}

function Passphrase({ answer }: { answer: FoundAnswer }) {
  const title = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    title.current?.focus();
    // Nobody can ever open the desk again if this page goes before the words are on paper.
    const hold = (event: BeforeUnloadEvent): void => event.preventDefault();
    addEventListener('beforeunload', hold);
    return () => removeEventListener('beforeunload', hold);
  }, []);
  return (
    <main class="card" id="content" tabIndex={-1}>
      <h1 ref={title} tabIndex={-1}>
        {say.value.passphraseTitle}
      </h1>
      <p class="lead">{say.value.passphraseLead}</p>
      <p class="passphrase" dir="ltr" lang="en" translate={false} data-testid="passphrase">
        {answer.passphrase.split(' ').flatMap((word, i) => [i > 0 ? ' ' : '', <span key={word + String(i)}>{word}</span>])}
      </p>
      <button type="button" onClick={() => (desk.value = answer.state)} data-testid="written">
        {say.value.passphraseDone}
      </button>
    </main>
  );
}
