/** Makes an invitation, as a link and as a QR code; and says who the newsroom is. */
import { useSignal } from '@preact/signals';
import type { InviteAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, desk, focusSoon, invitations, refreshInvitations, refreshState } from '../state.ts';
import { say } from '../words/language.ts';
import { Field } from './field.tsx';

export function InviteView() {
  const newsroom = desk.value?.newsroom;
  const label = useSignal('');
  const relay = useSignal(newsroom?.suggestedRelay ?? '');
  const plain = useSignal(false);
  const busy = useSignal(false);
  const answer = useSignal<InviteAnswer | null>(null);
  const invite = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    answer.value = await attempt(() =>
      tell<InviteAnswer>('/api/invitations', { label: label.value.trim(), relay: relay.value.trim(), plain: plain.value }),
    );
    await Promise.all([refreshInvitations(), refreshState()]);
    busy.value = false;
    if (answer.value) focusSoon('#invitation-title');
  };
  return (
    <main class="page" id="content" tabIndex={-1}>
      <section class="card">
        <h1>{say.value.inviteTitle}</h1>
        <p class="lead">{say.value.inviteLead}</p>
        <form onSubmit={(event) => void invite(event)}>
          <Field name="label" label={say.value.label} value={label} most={100} />
          <Field name="relay" label={say.value.relay} value={relay} type="url" dir="ltr" required />
          <label class="check">
            <input type="checkbox" checked={plain.value} onChange={() => (plain.value = !plain.value)} /> {say.value.plain}
          </label>
          <button type="submit" aria-disabled={busy.value} data-testid="invite">
            {busy.value ? say.value.making : say.value.makeInvitation}
          </button>
        </form>
      </section>
      {answer.value && <Invitation answer={answer.value} />}
      <section class="card">
        <h2>{say.value.newsroom}</h2>
        <p>
          <bdi>{newsroom?.title}</bdi>
        </p>
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
              <bdi dir="ltr" class="long">
                {base}
              </bdi>
              : {say.value.relayStates[state]}
            </li>
          ))}
        </ul>
        <h3>{say.value.invitations}</h3>
        <ul>
          {invitations.value.map((one, i) => (
            <li key={i}>
              <bdi>{one.label || '–'}</bdi> ·{' '}
              <bdi dir="ltr" class="long">
                {one.relay}
              </bdi>{' '}
              · <bdi dir="ltr">{one.made}</bdi>
            </li>
          ))}
        </ul>
      </section>
    </main>
  );
}

function Invitation({ answer }: { answer: InviteAnswer }) {
  const copied = useSignal<'copied' | 'notCopied' | null>(null);
  const copy = async (): Promise<void> => {
    copied.value = await navigator.clipboard.writeText(answer.url).then(
      () => 'copied' as const,
      () => 'notCopied' as const,
    );
  };
  return (
    <section class="card invitation" aria-labelledby="invitation-title">
      <h2 id="invitation-title" tabIndex={-1}>
        {say.value.invitation}
      </h2>
      {answer.message && <p class="notice">{say.value.notReached}</p>}
      <div class="qr" role="img" aria-label={say.value.qr} dangerouslySetInnerHTML={{ __html: answer.qr }} />
      <p class="link">
        <a href={answer.url} target="_blank" rel="noreferrer noopener" dir="ltr" data-testid="invitation">
          {answer.url}
        </a>
      </p>
      <button type="button" class="quiet" onClick={() => void copy()}>
        {say.value.copy}
      </button>
      <p role="status" class="hint">
        {copied.value && say.value[copied.value]}
      </p>
    </section>
  );
}
