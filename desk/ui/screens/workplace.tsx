/** The open desk: inbox, the chosen dispatch, invitations, releases. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeskState } from '../../api.ts';
import { tell } from '../client.ts';
import { ExhibitView } from '../parts/exhibit-view.tsx';
import { Inbox } from '../parts/inbox.tsx';
import { InviteView } from '../parts/invite-view.tsx';
import { LanguageSwitch } from '../parts/language-switch.tsx';
import { ReleasesView } from '../parts/releases-view.tsx';
import { attempt, chosen, covered, desk, follow, relayTrouble, unfollow } from '../state.ts';
import { say } from '../words/language.ts';

type Tab = 'inbox' | 'invite' | 'releases';

export function Workplace() {
  const tab = useSignal<Tab>('inbox');
  useEffect(() => {
    void follow();
    return unfollow;
  }, []);
  const lock = async (): Promise<void> => void (desk.value = (await attempt(() => tell<DeskState>('/api/lock', {}))) ?? desk.value);
  const name = (one: Tab): string => ({ inbox: say.value.inbox, invite: say.value.invite, releases: say.value.releases })[one];
  return (
    <>
      <a class="skip" href="#dispatch">
        {say.value.skip}
      </a>
      <header class="top">
        <strong dir="auto">{desk.value?.newsroom?.title}</strong>
        <nav aria-label={say.value.desk}>
          {(['inbox', 'invite', 'releases'] as const).map((one) => (
            <button
              type="button"
              key={one}
              aria-current={tab.value === one ? 'page' : undefined}
              onClick={() => (tab.value = one)}
              data-testid={`tab-${one}`}
            >
              {name(one)}
            </button>
          ))}
        </nav>
        <span class="tools">
          <button type="button" class="quiet" aria-pressed={covered.value} onClick={() => (covered.value = !covered.value)}>
            {covered.value ? say.value.uncover : say.value.cover}
          </button>
          <LanguageSwitch />
          <button type="button" class="quiet" onClick={() => void lock()} data-testid="lock">
            {say.value.lock}
          </button>
        </span>
      </header>
      {relayTrouble.value.map(({ base, message }) => (
        <p class="notice" key={base} role="status">
          <bdi dir="ltr">{base}</bdi>: {message}
        </p>
      ))}
      {(desk.value?.newsroom?.damaged ?? 0) > 0 && <p class="notice">{say.value.damaged(desk.value?.newsroom?.damaged ?? 0)}</p>}
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
