/** Tells how sending goes: a line when a segment changes its state, not more. */
import type { DispatchProgress, LineError, Segment, Snapshot } from '@zajil/line';
import { type Out, showBytes } from '../out.ts';

const said: Readonly<Record<Segment['state'], string>> = {
  here: 'here only',
  going: 'going',
  taken: 'taken by the relay',
  arrived: 'in the relay’s log',
  opened: 'they have it',
};

/** Beside any state: it does not go on, and is not stuck. */
const enough = 'the newsroom has enough of it for now; the rest stays here';

export class Teller {
  readonly #out: Out;
  readonly #key: string | null;
  readonly #last = new Map<string, string>();
  #trouble = '';

  /** @param key - the dispatch of this run; others that wait are told too */
  constructor(out: Out, key: string | null) {
    this.#out = out;
    this.#key = key;
  }

  tell(snapshot: Snapshot): void {
    for (const dispatch of snapshot.dispatches) {
      this.#segment(dispatch, 'words', dispatch.words);
      for (const file of dispatch.files) {
        for (const layer of ['glance', 'cut', 'whole'] as const) this.#segment(dispatch, layer, file[layer], file.file);
      }
    }
  }

  #segment(dispatch: DispatchProgress, layer: string, segment: Segment, file?: number): void {
    const place = `${dispatch.key} ${layer} ${file ?? ''}`;
    if (segment.bytesTotal === null && segment.bytesHeld === 0) return;
    const now = segment.enough ? enough : said[segment.state];
    if (this.#last.get(place) === now) return;
    this.#last.set(place, now);
    const other = dispatch.key === this.#key ? '' : ' (sealed earlier)';
    const size = segment.bytesTotal === null ? '' : `, ${showBytes(segment.bytesTotal)}`;
    const fields = {
      event: 'segment',
      dispatch: dispatch.key,
      layer,
      ...(file !== undefined && { file }),
      state: segment.state,
      enough: segment.enough === true,
      bytesHeld: segment.bytesHeld,
      bytesTotal: segment.bytesTotal,
    };
    this.#out.progress(fields, `${layer}${file === undefined ? '' : ` of file ${file + 1}`}${size}: ${now}${other}`);
  }

  trouble(error: LineError): void {
    if (this.#trouble === error.code) return;
    this.#trouble = error.code;
    this.#out.progress({ event: 'trouble', code: error.code, message: error.message }, error.message);
  }
}
