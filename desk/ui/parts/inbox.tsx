/** What arrived, newest first: the words, and how much else is here. */
import type { ExhibitSummary } from '../../api.ts';
import { choose, chosen, exhibits } from '../state.ts';
import { quarterText, say } from '../words/language.ts';
import { Segments } from './segments.tsx';

export function Inbox() {
  return (
    <nav class="inbox" aria-label={say.value.inbox}>
      {exhibits.value.length === 0 && (
        <p class="empty" data-testid="empty">
          {say.value.emptyInbox}
          <br />
          <small>{say.value.emptyInboxHint}</small>
        </p>
      )}
      <ul aria-live="polite">
        {exhibits.value.map((exhibit) => (
          <Entry key={exhibit.id} exhibit={exhibit} />
        ))}
      </ul>
    </nav>
  );
}

export function wordsOf(exhibit: ExhibitSummary): string {
  if (!exhibit.words) return say.value.noWords;
  return exhibit.words.text || say.value.withoutWords;
}

function Entry({ exhibit }: { exhibit: ExhibitSummary }) {
  const files = exhibit.files.length > 0 ? exhibit.files : [null];
  return (
    <li>
      <button
        type="button"
        class="entry"
        aria-current={chosen.value === exhibit.id}
        onClick={() => void choose(exhibit.id)}
        data-testid="entry"
        data-exhibit={exhibit.id}
      >
        {exhibit.words?.urgent && <em class="urgent">{say.value.urgent}</em>}
        <span class="words" dir="auto">
          {wordsOf(exhibit)}
        </span>
        <small>
          <bdi dir="ltr">{quarterText(exhibit.latest)}</bdi> · {say.value.files(exhibit.files.length)}
        </small>
        {files.slice(0, 4).map((file, i) => (
          <Segments key={i} exhibit={exhibit} file={file} />
        ))}
      </button>
    </li>
  );
}
