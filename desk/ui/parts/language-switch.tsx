/** Turns the desk to its other language. */
import { language, say } from '../words/language.ts';

export function LanguageSwitch() {
  const other = language.value === 'ar' ? 'en' : 'ar';
  return (
    <button type="button" class="quiet" lang={other} onClick={() => (language.value = other)} data-testid="language">
      {say.value.otherLanguage}
    </button>
  );
}
