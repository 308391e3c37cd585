/** What the page knows, as signals. Plaintext is only in `draft`, until it is handed to be sealed. */
import { signal } from '@preact/signals';
import type { CardState, InviteTrouble, Item, LineState, Trouble } from './engine/protocol.ts';

export type Screen = 'loading' | 'invite' | 'make' | 'going' | 'erase';

export const screen = signal<Screen>('loading');
export const items = signal<readonly Item[]>([]);
export const line = signal<LineState>('unknown');
export const sentBytes = signal(0);
/** What goes on with cards, or went on last. */
export const card = signal<CardState | null>(null);
/** Does what is sealed outlive this page? */
export const storage = signal(true);
export const trouble = signal<Trouble | null>(null);
export const inviteTrouble = signal<InviteTrouble | null>(null);

export interface Draft {
  readonly text: string;
  readonly place: string;
  readonly urgent: boolean;
  readonly files: readonly File[];
}

export const emptyDraft: Draft = { text: '', place: '', urgent: false, files: [] };
export const draft = signal<Draft>(emptyDraft);
