/** Writes an exhibit's originals, as they arrived, into a new folder of this computer. */
import { useSignal } from '@preact/signals';
import type { Exhibit, ExportAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt } from '../state.ts';
import { say } from '../words/language.ts';
import { Field } from './field.tsx';

export function ExportForm({ exhibit }: { exhibit: Exhibit }) {
  const out = useSignal('');
  const busy = useSignal(false);
  const written = useSignal<number | null>(null);
  if (!exhibit.files.some(({ whole }) => whole === 'complete')) return null;
  const run = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy.value) return;
    busy.value = true;
    written.value = (await attempt(() => tell<ExportAnswer>('/api/exports', { exhibit: exhibit.id, out: out.value })))?.files ?? null;
    busy.value = false;
  };
  return (
    <details>
      <summary>{say.value.exportTitle}</summary>
      <form onSubmit={(event) => void run(event)}>
        <Field name="out" label={say.value.exportFolder} value={out} dir="ltr" required />
        <button type="submit" aria-disabled={busy.value}>
          {busy.value ? say.value.exporting : say.value.export}
        </button>
        <p role="status">{written.value !== null && say.value.exported(written.value)}</p>
      </form>
    </details>
  );
}
