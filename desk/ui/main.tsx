/** The desk's screen: which of its four faces is shown. */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { announced } from './announce.ts';
import { coverOnEscape } from './cover.ts';
import { LanguageSwitch } from './parts/language-switch.tsx';
import { Lost, Trouble } from './parts/trouble.tsx';
import { Found } from './screens/found.tsx';
import { Unlock } from './screens/unlock.tsx';
import { Workplace } from './screens/workplace.tsx';
import { desk, enter } from './state.ts';
import { say } from './words/language.ts';
import './style/ink.css';
import './style/controls.css';
import './style/frame.css';
import './style/dispatch.css';
import './style/narrow.css';

function Desk() {
  useEffect(() => void enter(), []);
  useEffect(coverOnEscape, []);
  const state = desk.value;
  const isOpen = state?.state === 'open' && state.session;
  return (
    <div class={isOpen ? 'desk open' : 'desk'} data-state={state?.state ?? 'loading'}>
      {isOpen && (
        <a class="skip" href="#content">
          {say.value.skip}
        </a>
      )}
      <Lost />
      <Trouble />
      {!state && <p class="empty">{say.value.loading}</p>}
      {state?.state === 'unfounded' && <Found />}
      {state && state.state !== 'unfounded' && !isOpen && <Unlock />}
      {isOpen && <Workplace />}
      {!isOpen && <LanguageSwitch />}
      <p class="unseen" role="status" data-testid="announced">
        {announced.value}
      </p>
    </div>
  );
}

const place = document.getElementById('desk');
if (place) render(<Desk />, place);
