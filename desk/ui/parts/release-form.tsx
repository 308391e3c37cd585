/** Turns an exhibit into a release: headline, text, and from which layer the new media are made. */
import { useSignal } from '@preact/signals';
import type { Exhibit, ReleaseSummary } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, desk, refreshReleases, releasing } from '../state.ts';
import { language, say } from '../words/language.ts';
import { Field } from './field.tsx';

const choices = ['full', 'cut', 'glance'] as const;
type Choice = (typeof choices)[number];

/** Is there anything of which this choice could be made? */
function canMake(exhibit: Exhibit, choice: Choice): boolean {
  if (choice === 'full') return exhibit.files.some(({ whole }) => whole === 'complete');
  return exhibit.files.some(({ layers }) => layers.some((one) => one.layer === choice && one.complete));
}

export function ReleaseForm({ exhibit }: { exhibit: Exhibit }) {
  const title = useSignal('');
  const body = useSignal('');
  const spoken = useSignal<'ar' | 'en'>(language.value);
  const made = choices.filter((choice) => canMake(exhibit, choice));
  const media = useSignal<Choice | null>(null);
  const done = useSignal<ReleaseSummary | null>(null);
  const busy = useSignal(false);
  const from = media.value ?? made[0] ?? null;
  const release = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!from) return;
    busy.value = true;
    const request = { exhibit: exhibit.id, title: title.value.trim(), body: body.value.trim(), language: spoken.value, media: from };
    done.value = await attempt(() => tell<ReleaseSummary>('/api/releases', request));
    if (done.value && desk.value?.newsroom?.canPress) await attempt(() => tell('/api/press', {}));
    releasing.value = null;
    busy.value = false;
    await refreshReleases();
  };
  const step = releasing.value?.exhibit === exhibit.id ? releasing.value : null;
  return (
    <details class="release" data-testid="release-form">
      <summary>{say.value.releaseTitle}</summary>
      <p class="lead">{from ? say.value.releaseLead : say.value.cannotRelease}</p>
      {from && (
        <form onSubmit={(event) => void release(event)}>
          <Field name="title" label={say.value.title} value={title} required most={300} />
          <Field name="body" label={say.value.body} value={body} rows={5} most={5000} />
          <fieldset>
            <legend>{say.value.language}</legend>
            <label>
              <input type="radio" name="spoken" checked={spoken.value === 'ar'} onChange={() => (spoken.value = 'ar')} /> العربية
            </label>
            <label>
              <input type="radio" name="spoken" checked={spoken.value === 'en'} onChange={() => (spoken.value = 'en')} /> English
            </label>
          </fieldset>
          <fieldset>
            <legend>{say.value.from}</legend>
            {made.map((choice) => (
              <label key={choice}>
                <input type="radio" name="media" value={choice} checked={from === choice} onChange={() => (media.value = choice)} />{' '}
                {say.value.froms[choice]}
              </label>
            ))}
          </fieldset>
          <button type="submit" disabled={busy.value} data-testid="release">
            {busy.value ? say.value.releasingNow : say.value.release}
          </button>
          {step && (
            <p role="status">
              <progress value={step.done} max={step.of} /> <bdi>{step.step}</bdi>
            </p>
          )}
          {done.value && (
            <p role="status" class="done" data-testid="released" data-release={done.value.id}>
              {say.value.released}: <bdi>{done.value.title}</bdi> <code dir="ltr">{done.value.id}</code>
            </p>
          )}
        </form>
      )}
    </details>
  );
}
