/** The chosen dispatch: its words, its files, its custody, and what can be done with it. */
import type { Exhibit } from '../../api.ts';
import { choose, opened } from '../state.ts';
import { quarterText, say, writtenText } from '../words/language.ts';
import { ExportForm } from './export-form.tsx';
import { FileView } from './file-view.tsx';
import { Words } from './inbox.tsx';
import { ReleaseForm } from './release-form.tsx';

export function ExhibitView() {
  const exhibit = opened.value;
  if (!exhibit)
    return (
      <main id="content" class="exhibit empty" tabIndex={-1}>
        {say.value.pick}
      </main>
    );
  return (
    <main
      id="content"
      key={exhibit.id}
      class="exhibit"
      tabIndex={-1}
      data-testid="exhibit"
      data-exhibit={exhibit.id}
      aria-labelledby="dispatch-title"
    >
      <div class="head">
        <h1 id="dispatch-title">{say.value.dispatch}</h1>
        <button type="button" class="quiet" onClick={() => void choose(null)} data-testid="back">
          {say.value.back}
        </button>
      </div>
      <Facts exhibit={exhibit} />
      <blockquote dir={exhibit.words?.text ? 'auto' : undefined} data-testid="words">
        <Words exhibit={exhibit} />
      </blockquote>
      {exhibit.words && <p class="hint">{say.value.claimed}</p>}
      {exhibit.files.map((file) => (
        <FileView key={file.file} exhibit={exhibit} file={file} />
      ))}
      <ReleaseForm exhibit={exhibit} />
      <ExportForm exhibit={exhibit} />
      <details>
        <summary>{say.value.custody}</summary>
        <ol class="custody" dir="ltr" lang="en">
          {exhibit.custody.map((line, i) => (
            <li key={i}>{line}</li>
          ))}
        </ol>
      </details>
    </main>
  );
}

function Facts({ exhibit }: { exhibit: Exhibit }) {
  const { words } = exhibit;
  return (
    <ul class="facts">
      {words?.urgent && <li class="urgent">{say.value.urgent}</li>}
      <li>
        {say.value.arrived} <bdi dir="ltr">{quarterText(exhibit.arrived)}</bdi>
      </li>
      {words && (
        <li>
          {say.value.written} <bdi dir="ltr">{writtenText(words.written)}</bdi>
        </li>
      )}
      {words?.place && (
        <li>
          {say.value.place}: <bdi>{words.place}</bdi>
        </li>
      )}
    </ul>
  );
}
