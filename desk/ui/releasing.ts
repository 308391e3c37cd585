/** Releases under way and texts half written: kept beside the screen, so that looking at another dispatch loses neither. */
import { signal } from '@preact/signals';
import type { MediaChoice, ReleaseLanguage } from '@zajil/format';
import type { ReleaseSummary } from '../api.ts';

/** What is being made, of which dispatch. Null when nothing is. */
export const releasing = signal<{ exhibit: string; step: string; done: number; of: number } | null>(null);

export interface Draft {
  readonly title: string;
  readonly body: string;
  /** Null: as the letters of the headline tell. */
  readonly language: ReleaseLanguage | null;
  readonly media: MediaChoice | null;
  readonly done: ReleaseSummary | null;
}

export const emptyDraft: Draft = { title: '', body: '', language: null, media: null, done: null };

const held = signal<ReadonlyMap<string, Draft>>(new Map());

/** By dispatch; only in memory. */
export const drafts = {
  of: (exhibit: string): Draft => held.value.get(exhibit) ?? emptyDraft,
  change: (exhibit: string, change: Partial<Draft>): void => {
    held.value = new Map([...held.value, [exhibit, { ...drafts.of(exhibit), ...change }]]);
  },
  clear: (): void => void (held.value = new Map()),
};
