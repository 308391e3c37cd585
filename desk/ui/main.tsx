/** The desk's screen: which of its four faces is shown. */
import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import { LanguageSwitch } from './parts/language-switch.tsx';
import { Lost, Trouble } from './parts/trouble.tsx';
import { Found } from './screens/found.tsx';
import { Unlock } from './screens/unlock.tsx';
import { Workplace } from './screens/workplace.tsx';
import { covered, desk, enter } from './state.ts';
import './style.css';

function Desk() {
  useEffect(() => void enter(), []);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => void (event.key === 'Escape' && (covered.value = !covered.value));
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const state = desk.value;
  return (
    <div class={covered.value ? 'desk covered' : 'desk'} data-state={state?.state ?? 'loading'}>
      <Lost />
      <Trouble />
      {state?.state === 'unfounded' && <Found />}
      {(state?.state === 'locked' || (state?.state === 'open' && !state.session)) && <Unlock />}
      {state?.state === 'open' && state.session && <Workplace />}
      {(state?.state !== 'open' || !state.session) && <LanguageSwitch />}
    </div>
  );
}

const place = document.getElementById('desk');
if (place) render(<Desk />, place);
