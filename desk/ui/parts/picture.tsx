/** A picture that is not even fetched until somebody chooses to see it; the same button, or Esc, takes it away. */
import { shown, toggleShown } from '../cover.ts';
import { say } from '../words/language.ts';

export function Picture({ address, what, note }: { address: string; what: string; note?: string }) {
  const isShown = shown.value.has(address);
  return (
    <figure class={isShown ? 'picture' : 'picture veiled'} data-shown={isShown ? '' : undefined}>
      <button
        type="button"
        class="quiet"
        aria-expanded={isShown}
        onClick={() => toggleShown(address)}
        data-testid={isShown ? 'hide' : 'reveal'}
      >
        {isShown ? say.value.hide : say.value.show}: {what}
        {note && (
          <small>
            {' '}
            <bdi>{note}</bdi>
          </small>
        )}
      </button>
      {isShown && <img src={address} alt={what} data-testid="picture" />}
    </figure>
  );
}
