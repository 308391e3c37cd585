/** The chosen dispatch: its words, its files, its custody, and what can be done with it. */
import { useSignal } from '@preact/signals';
import type { Exhibit, ExportAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, choose, opened } from '../state.ts';
import { quarterText, say } from '../words/language.ts';
import { Field } from './field.tsx';
import { FileView } from './file-view.tsx';
import { wordsOf } from './inbox.tsx';
import { ReleaseForm } from './release-form.tsx';

export function ExhibitView() {
  const exhibit = opened.value;
  if (!exhibit)
    return (
      <main id="dispatch" class="exhibit empty">
        {say.value.pick}
      </main>
    );
  return (
    <main id="dispatch" class="exhibit" tabIndex={-1} data-testid="exhibit" data-exhibit={exhibit.id}>
      <button type="button" class="quiet narrow" onClick={() => void choose(null)}>
        {say.value.back}
      </button>
      <p class="facts">
        {say.value.arrived} <bdi dir="ltr">{quarterText(exhibit.arrived)}</bdi>
        {exhibit.words && (
          <>
            {' '}
            · {say.value.written} <bdi dir="ltr">{exhibit.words.written}</bdi>
            {exhibit.words.place && (
              <>
                {' '}
                · {say.value.place}: <bdi>{exhibit.words.place}</bdi>
              </>
            )}
          </>
        )}
      </p>
      <blockquote dir="auto" data-testid="words">
        {wordsOf(exhibit)}
      </blockquote>
      <p class="hint">{say.value.claimed}</p>
      {exhibit.files.map((file) => (
        <FileView key={`${exhibit.id} ${file.file}`} exhibit={exhibit} file={file} />
      ))}
      <ReleaseForm key={exhibit.id} exhibit={exhibit} />
      <ExportForm key={`export ${exhibit.id}`} exhibit={exhibit} />
      <details>
        <summary>{say.value.custody}</summary>
        <ol class="custody" dir="ltr">
          {exhibit.custody.map((line, i) => (
            <li key={i}>{line}</li>
          ))}
        </ol>
      </details>
    </main>
  );
}

function ExportForm({ exhibit }: { exhibit: Exhibit }) {
  const out = useSignal('');
  const written = useSignal<number | null>(null);
  if (!exhibit.files.some(({ whole }) => whole === 'complete')) return null;
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    written.value = (await attempt(() => tell<ExportAnswer>('/api/exports', { exhibit: exhibit.id, out: out.value })))?.files ?? null;
  };
  return (
    <details>
      <summary>{say.value.exportTitle}</summary>
      <form onSubmit={(event) => void run(event)}>
        <Field name="out" label={say.value.exportFolder} value={out} dir="ltr" required />
        <button type="submit">{say.value.export}</button>
        {written.value !== null && <p role="status">{say.value.exported(written.value)}</p>}
      </form>
    </details>
  );
}
