/** A picture that stays covered until somebody chooses to see it; Esc covers all again. */
import { covered, reveal, revealed } from '../state.ts';
import { say } from '../words/language.ts';

export function Picture({ address, what }: { address: string; what: string }) {
  const shown = revealed.value.has(address) && !covered.value;
  return (
    <figure class={shown ? 'picture' : 'picture veiled'}>
      <img src={address} alt={what} data-testid="picture" />
      {!shown && (
        <button
          type="button"
          onClick={() => {
            covered.value = false;
            reveal(address);
          }}
          data-testid="reveal"
        >
          {say.value.show} <small>{what}</small>
        </button>
      )}
    </figure>
  );
}
