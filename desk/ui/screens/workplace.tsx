/** The open desk: inbox, the chosen dispatch, invitations, releases. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeskState, RelaySummary } from '../../api.ts';
import { tell } from '../client.ts';
import { coverAll } from '../cover.ts';
import { ExhibitView } from '../parts/exhibit-view.tsx';
import { Inbox } from '../parts/inbox.tsx';
import { InviteView } from '../parts/invite-view.tsx';
import { LanguageSwitch } from '../parts/language-switch.tsx';
import { ReleasesView } from '../parts/releases-view.tsx';
import { attempt, chosen, desk, follow, relayTrouble, unfollow } from '../state.ts';
import { say } from '../words/language.ts';

type Tab = 'inbox' | 'invite' | 'releases';

export function Workplace() {
  const tab = useSignal<Tab>('inbox');
  useEffect(() => {
    void follow();
    return unfollow;
  }, []);
  const lock = async (): Promise<void> => void (desk.value = (await attempt(() => tell<DeskState>('/api/lock', {}))) ?? desk.value);
  return (
    <>
      <header class="top">
        <strong dir="auto">{desk.value?.newsroom?.title}</strong>
        <span class="tools">
          <button type="button" class="quiet" aria-keyshortcuts="Escape" onClick={coverAll} data-testid="cover">
            {say.value.cover} <kbd>Esc</kbd>
          </button>
          <LanguageSwitch />
          <button type="button" class="quiet" onClick={() => void lock()} data-testid="lock">
            {say.value.lock}
          </button>
        </span>
        <nav aria-label={say.value.sections}>
          {(['inbox', 'invite', 'releases'] as const).map((one) => (
            <button
              type="button"
              key={one}
              aria-current={tab.value === one ? 'page' : undefined}
              onClick={() => (tab.value = one)}
              data-testid={`tab-${one}`}
            >
              {say.value[one]}
            </button>
          ))}
        </nav>
      </header>
      <Notices />
      {tab.value === 'inbox' && (
        <div class="two" data-chosen={chosen.value !== null}>
          <Inbox />
          <ExhibitView />
        </div>
      )}
      {tab.value === 'invite' && <InviteView />}
      {tab.value === 'releases' && <ReleasesView />}
    </>
  );
}

/** What hinders the desk: a relay that does not answer, records that cannot be read. */
function Notices() {
  const damaged = desk.value?.newsroom?.damaged ?? 0;
  return (
    <div role="status">
      {relayTrouble.value.map((relay) => (
        <p class="notice" key={relay.base} data-testid="relay-trouble">
          <bdi dir="ltr">{relay.base}</bdi> {relayText(relay)}
        </p>
      ))}
      {damaged > 0 && <p class="notice">{say.value.damaged(damaged)}</p>}
    </div>
  );
}

function relayText({ state }: RelaySummary): string {
  return state === 'refused' ? say.value.relayTroubles.refused : say.value.relayTroubles.unreachable;
}
