/** Makes an invitation, as a link and as a QR code; and says who the newsroom is. */
import { useSignal } from '@preact/signals';
import type { InviteAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, desk, invitations, refreshInvitations, refreshState } from '../state.ts';
import { say } from '../words/language.ts';
import { Field } from './field.tsx';

export function InviteView() {
  const newsroom = desk.value?.newsroom;
  const label = useSignal('');
  const relay = useSignal(newsroom?.suggestedRelay ?? '');
  const plain = useSignal(false);
  const answer = useSignal<InviteAnswer | null>(null);
  const invite = async (event: Event): Promise<void> => {
    event.preventDefault();
    answer.value = await attempt(() =>
      tell<InviteAnswer>('/api/invitations', { label: label.value.trim(), relay: relay.value.trim(), plain: plain.value }),
    );
    await Promise.all([refreshInvitations(), refreshState()]);
  };
  return (
    <main class="page">
      <section class="card">
        <h1>{say.value.inviteTitle}</h1>
        <p class="lead">{say.value.inviteLead}</p>
        <form onSubmit={(event) => void invite(event)}>
          <Field name="label" label={say.value.label} value={label} most={100} />
          <Field name="relay" label={say.value.relay} value={relay} type="url" dir="ltr" required />
          <label class="check">
            <input type="checkbox" checked={plain.value} onChange={() => (plain.value = !plain.value)} /> {say.value.plain}
          </label>
          <button type="submit" data-testid="invite">
            {say.value.makeInvitation}
          </button>
        </form>
      </section>
      {answer.value && <Invitation answer={answer.value} />}
      <section class="card">
        <h2>{say.value.newsroom}</h2>
        <p class="lead">{say.value.nameLead}</p>
        <p class="hash">
          <bdi dir="ltr" data-testid="newsroom-name">
            {newsroom?.name}
          </bdi>
        </p>
        <h3>{say.value.relays}</h3>
        <ul>
          {newsroom?.relays.map(({ base, state }) => (
            <li key={base}>
              <bdi dir="ltr">{base}</bdi>: {say.value.relayStates[state]}
            </li>
          ))}
        </ul>
        <h3>{say.value.invitations}</h3>
        <ul>
          {invitations.value.map((one, i) => (
            <li key={i}>
              <bdi>{one.label || '–'}</bdi> · <bdi dir="ltr">{one.relay}</bdi> · <bdi dir="ltr">{one.made}</bdi>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}

function Invitation({ answer }: { answer: InviteAnswer }) {
  const copied = useSignal(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(answer.url);
    copied.value = true;
  };
  return (
    <section class="card invitation" aria-live="polite">
      <h2>{say.value.invitation}</h2>
      {answer.message && <p class="notice">{answer.message}</p>}
      <div class="qr" role="img" aria-label={say.value.invitation} dangerouslySetInnerHTML={{ __html: answer.qr }} />
      <p class="link">
        <a href={answer.url} target="_blank" rel="noreferrer noopener" dir="ltr" data-testid="invitation">
          {answer.url}
        </a>
      </p>
      <button type="button" class="quiet" onClick={() => void copy()}>
        {copied.value ? say.value.copied : say.value.copy}
      </button>
    </section>
  );
}
