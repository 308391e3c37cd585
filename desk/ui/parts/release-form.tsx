/** Turns an exhibit into a release: headline, text, and from which layer the new media are made. */
import type { Exhibit, ReleaseSummary } from '../../api.ts';
import { tell } from '../client.ts';
import { drafts, releasing } from '../releasing.ts';
import { attempt, desk, focusSoon, opened, refreshReleases } from '../state.ts';
import { language, say, scriptOf } from '../words/language.ts';
import { Field } from './field.tsx';

const choices = ['full', 'cut', 'glance'] as const;
type Choice = (typeof choices)[number];
const tongues = { ar: 'العربية', en: 'English' } as const;

/** Is there anything of which this choice could be made? */
function canMake(exhibit: Exhibit, choice: Choice): boolean {
  if (choice === 'full') return exhibit.files.some(({ whole }) => whole === 'complete');
  return exhibit.files.some(({ layers }) => layers.some((one) => one.layer === choice && one.complete));
}

export function ReleaseForm({ exhibit }: { exhibit: Exhibit }) {
  const draft = drafts.of(exhibit.id);
  const made = choices.filter((choice) => canMake(exhibit, choice));
  const from = draft.media ?? made[0] ?? null;
  return (
    <details class="release" data-testid="release-form">
      <summary>{say.value.releaseTitle}</summary>
      {exhibit.releases.length > 0 && !draft.done && <p>{say.value.releasedBefore(exhibit.releases.length)}</p>}
      <p class="lead">{from ? say.value.releaseLead : say.value.cannotRelease}</p>
      {from && !draft.done && <Form exhibit={exhibit} made={made} from={from} />}
      <div role="status">{draft.done && <Done exhibit={exhibit.id} release={draft.done} />}</div>
    </details>
  );
}

function Form({ exhibit: { id }, made, from }: { exhibit: Exhibit; made: readonly Choice[]; from: Choice }) {
  const draft = drafts.of(id);
  const spoken = draft.language ?? scriptOf(draft.title) ?? scriptOf(draft.body) ?? language.value;
  const busy = releasing.value !== null;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (releasing.value) return;
    void release(id, { title: draft.title.trim(), body: draft.body.trim(), language: spoken, media: from });
  };
  return (
    <form id="release-form" onSubmit={submit}>
      <Field name="title" label={say.value.title} value={draftField(id, 'title')} required most={300} />
      <Field name="body" label={say.value.body} value={draftField(id, 'body')} rows={5} most={5000} />
      <fieldset>
        <legend>{say.value.language}</legend>
        {(['ar', 'en'] as const).map((one) => (
          <label key={one} lang={one}>
            <input type="radio" name="spoken" checked={spoken === one} onChange={() => drafts.change(id, { language: one })} />{' '}
            {tongues[one]}
          </label>
        ))}
      </fieldset>
      <fieldset>
        <legend>{say.value.from}</legend>
        {made.map((choice) => (
          <label key={choice}>
            <input
              type="radio"
              name="media"
              value={choice}
              checked={from === choice}
              onChange={() => drafts.change(id, { media: choice })}
            />{' '}
            {say.value.froms[choice]}
          </label>
        ))}
      </fieldset>
      <button type="submit" aria-disabled={busy} data-testid="release">
        {busy ? say.value.releasingNow : say.value.release}
      </button>
      <Progress exhibit={id} />
    </form>
  );
}

/** A field of the draft, read and written like a signal. */
function draftField(exhibit: string, name: 'title' | 'body'): { value: string } {
  return {
    get value() {
      return drafts.of(exhibit)[name];
    },
    set value(text: string) {
      drafts.change(exhibit, { [name]: text });
    },
  };
}

async function release(exhibit: string, request: { title: string; body: string; language: 'ar' | 'en'; media: Choice }): Promise<void> {
  releasing.value = { exhibit, step: 'making', done: 0, of: 1 };
  const done = await attempt(() => tell<ReleaseSummary>('/api/releases', { exhibit, ...request }));
  if (done && desk.value?.newsroom?.canPress) {
    releasing.value = { exhibit, step: 'publishing', done: 1, of: 1 };
    await attempt(() => tell('/api/press', {}));
  }
  releasing.value = null;
  const isHere = document.activeElement?.closest('form')?.id === 'release-form' && opened.value?.id === exhibit;
  if (done) drafts.change(exhibit, { done });
  if (done && isHere) focusSoon('[data-testid=released]');
  await refreshReleases();
}

/** How far it is, in words and as a bar; the live region stands before it is filled, so that it is heard. */
function Progress({ exhibit }: { exhibit: string }) {
  const step = releasing.value?.exhibit === exhibit ? releasing.value : null;
  const name = step && (say.value.steps as Record<string, string>)[step.step];
  return (
    <div class="progress">
      <p role="status" data-testid="progress">
        {step && (name ?? step.step)}
        {step && step.step === 'making' && step.of > 1 && (
          <>
            {' '}
            (<bdi>{say.value.stepOf(step.done + 1, step.of)}</bdi>)
          </>
        )}
      </p>
      {step && <progress aria-label={say.value.releasingNow} value={step.done > 0 ? step.done : undefined} max={step.of} />}
    </div>
  );
}

function Done({ exhibit, release: { id, title } }: { exhibit: string; release: ReleaseSummary }) {
  return (
    <>
      <p class="done" tabIndex={-1} data-testid="released" data-release={id}>
        {say.value.released}: <bdi>{title}</bdi>{' '}
        <code>
          <bdi dir="ltr">{id}</bdi>
        </code>
      </p>
      <button type="button" class="quiet" onClick={() => drafts.change(exhibit, { title: '', body: '', language: null, done: null })}>
        {say.value.releaseAgain}
      </button>
    </>
  );
}
