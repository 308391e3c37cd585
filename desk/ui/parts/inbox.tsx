/** What arrived, newest first: the words, and how much else is here. */
import type { ExhibitSummary } from '../../api.ts';
import { choose, chosen, exhibits, isFresh } from '../state.ts';
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
      <ul>
        {exhibits.value.map((exhibit) => (
          <Entry key={exhibit.id} exhibit={exhibit} />
        ))}
      </ul>
    </nav>
  );
}

/** The contact's words, or what stands in their place. */
export function Words({ exhibit }: { exhibit: ExhibitSummary }) {
  if (exhibit.words?.text) return <>{exhibit.words.text}</>;
  return <span class="soft">{exhibit.words ? say.value.withoutWords : say.value.noWords}</span>;
}

/** Segments of so many files are drawn in an entry; the others are counted. */
const mostDrawn = 4;

function Entry({ exhibit }: { exhibit: ExhibitSummary }) {
  const count = exhibit.files.length;
  const files = count > 0 ? exhibit.files : [null];
  const marks = [exhibit.words?.urgent && say.value.urgent, isFresh(exhibit.id) && chosen.value !== exhibit.id && say.value.newMark];
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
        {marks.some(Boolean) && <span class="urgent">{marks.filter(Boolean).join(' · ')}</span>}
        <span class="words" dir={exhibit.words?.text ? 'auto' : undefined}>
          <Words exhibit={exhibit} />
        </span>
        <small>
          <bdi dir="ltr">{quarterText(exhibit.arrived)}</bdi> ·{' '}
          {count === 0 && exhibit.words ? say.value.wordsOnly : say.value.files(count)}
        </small>
        {files.slice(0, mostDrawn).map((file, i) => (
          <Segments key={i} exhibit={exhibit} file={file} />
        ))}
      </button>
    </li>
  );
}
