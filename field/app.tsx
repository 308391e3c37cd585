/** The frame around the screens: three large tabs, one language switch, one line for what hinders. */
import { Icon, type IconName } from './icons.tsx';
import { Erase } from './screens/erase.tsx';
import { Going, type GoingActions } from './screens/going.tsx';
import { Invite } from './screens/invite.tsx';
import { Make } from './screens/make.tsx';
import { type Draft, inviteTrouble, items, type Screen, screen, trouble } from './state.ts';
import { stateOf } from './status.ts';
import { language, numberText, say } from './words/language.ts';

export interface AppActions extends GoingActions {
  readonly send: (draft: Draft) => void;
  readonly erase: () => void;
  readonly paste: (text: string) => void;
}

export function App(actions: AppActions) {
  // A second page has nothing to show but that another one is open.
  if (screen.value === 'loading' && trouble.value === null) return null;
  return (
    <>
      <header>
        <h1>{titleOf(screen.value)}</h1>
        <button type="button" class="quiet" data-testid="language" lang={language.value === 'ar' ? 'en' : 'ar'} onClick={switchLanguage}>
          {say.value.otherLanguage}
        </button>
      </header>
      <main>
        {trouble.value && screen.value !== 'erase' && (
          <p class="notice loud" data-testid="trouble" data-trouble={trouble.value} role="status">
            <Icon name="urgent" /> {say.value.troubles[trouble.value]}
          </p>
        )}
        {inviteTrouble.value && (
          <p class="notice loud" data-testid="invite-trouble" role="alert">
            <Icon name="urgent" /> {say.value[inviteTrouble.value]}
          </p>
        )}
        {screen.value === 'invite' && <Invite onPaste={actions.paste} />}
        {screen.value === 'make' && <Make onSend={actions.send} />}
        {screen.value === 'going' && <Going {...actions} />}
        {screen.value === 'erase' && <Erase onErase={actions.erase} />}
      </main>
      {screen.value !== 'invite' && screen.value !== 'loading' && (
        <nav>
          <Tab name="make" icon="make" />
          <Tab name="going" icon="going" count={items.value.filter((item) => stateOf(item) !== 'opened').length} />
          <Tab name="erase" icon="erase" />
        </nav>
      )}
    </>
  );
}

function Tab({ name, icon, count = 0 }: { name: 'make' | 'going' | 'erase'; icon: IconName; count?: number }) {
  return (
    <button
      type="button"
      class="tab"
      data-testid={`tab-${name}`}
      aria-current={screen.value === name ? 'page' : undefined}
      onClick={() => (screen.value = name)}
    >
      <Icon name={icon} size={28} />
      <span>
        {say.value[name]} {count > 0 && <b>{numberText(count)}</b>}
      </span>
    </button>
  );
}

function titleOf(current: Screen): string {
  if (current === 'going') return say.value.going;
  if (current === 'erase') return say.value.eraseTitle;
  return current === 'make' ? say.value.make : say.value.title;
}

function switchLanguage(): void {
  language.value = language.value === 'ar' ? 'en' : 'ar';
}
