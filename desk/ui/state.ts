/** What the screen shows, as signals, and what changes it. What arrives by itself never touches focus, forms or players. */
import { computed, signal } from '@preact/signals';
import type { DeskEvent, DeskState, Exhibit, ExhibitSummary, InvitationSummary, ReleaseSummary } from '../api.ts';
import { announce } from './announce.ts';
import { Arrivals, newsBetween } from './arrivals.ts';
import { ask, DeskRefusal, listen, tell } from './client.ts';
import { shown } from './cover.ts';
import { drafts, releasing } from './releasing.ts';
import { say } from './words/language.ts';

export const desk = signal<DeskState | null>(null);
export const exhibits = signal<readonly ExhibitSummary[]>([]);
export const releases = signal<readonly ReleaseSummary[]>([]);
export const invitations = signal<readonly InvitationSummary[]>([]);
export const chosen = signal<string | null>(null);
export const opened = signal<Exhibit | null>(null);
/** A sentence about the last refusal of something that was asked for, shown until it is put away. */
export const trouble = signal<{ code: string; message: string } | null>(null);
/** The desk's own process does not answer. */
export const lost = signal(false);

let arrivals = new Arrivals();
export const isFresh = (id: string): boolean => arrivals.isFresh(id);

export const relayTrouble = computed(
  () => desk.value?.newsroom?.relays.filter(({ state }) => state === 'unreachable' || state === 'refused') ?? [],
);

/** Runs something that a person asked for; a refusal is shown, not thrown. @returns null when it was refused */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    const result = await work();
    trouble.value = null;
    return result;
  } catch (error) {
    if (error instanceof DeskRefusal) trouble.value = { code: error.code, message: error.message };
    else trouble.value = { code: 'DESK_SILENT', message: '' };
    return null;
  }
}

/** Runs something that happens by itself: it neither shows nor puts away a refusal. The line of events tells when all is silent. */
async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  return await work().catch(() => null);
}

export async function refreshState(): Promise<void> {
  const state = await quietly(() => ask<DeskState>('/api/state'));
  if (state) [desk.value, lost.value] = [state, false];
  else if (!desk.value) lost.value = true;
}

const newsSentences = { dispatch: 'newDispatch', urgent: 'newUrgent', words: 'wordsHere', whole: 'wholeHere' } as const;

export async function refreshExhibits(): Promise<void> {
  const now = await quietly(() => ask<ExhibitSummary[]>('/api/exhibits'));
  if (now) {
    const news = hasLoaded ? newsBetween(exhibits.value, now) : null;
    exhibits.value = arrivals.ordered(now);
    hasLoaded = true;
    if (news) announce(say.value[newsSentences[news]]);
  }
  const id = chosen.value;
  if (id === null) return;
  const again = await quietly(() => ask<Exhibit>(`/api/exhibits/${id}`));
  if (again && chosen.value === id) opened.value = again;
}

/** Shows a dispatch, because somebody chose it: the focus goes there, and back to its entry when it is closed. */
export async function choose(id: string | null): Promise<void> {
  const before = chosen.value;
  chosen.value = id;
  if (id === null) {
    opened.value = null;
    focusSoon(`[data-exhibit="${before}"][data-testid="entry"]`);
    return;
  }
  arrivals.look(id);
  const exhibit = await attempt(() => ask<Exhibit>(`/api/exhibits/${id}`));
  // Another one may have been chosen while this one was on its way.
  if (chosen.value !== id) return;
  if (exhibit) opened.value = exhibit;
  else chosen.value = opened.value?.id ?? null;
  if (exhibit) focusSoon('#content');
}

/** Focuses after the screen has been drawn anew. */
export function focusSoon(selector: string): void {
  requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());
}

export async function refreshReleases(): Promise<void> {
  releases.value = (await quietly(() => ask<ReleaseSummary[]>('/api/releases'))) ?? releases.value;
}

export async function refreshInvitations(): Promise<void> {
  invitations.value = (await quietly(() => ask<InvitationSummary[]>('/api/invitations'))) ?? invitations.value;
}

async function onEvent(event: DeskEvent): Promise<void> {
  if (event.kind === 'state' || event.kind === 'collected') await refreshState();
  if (event.kind === 'exhibits') await refreshExhibits();
  if (event.kind === 'releasing') releasing.value = event;
  if (event.kind === 'releases') await Promise.all([refreshReleases(), refreshExhibits()]);
}

let stopListening: (() => void) | null = null;
let hasLoaded = false;

/** Loads everything and follows what happens; call when the desk is open and this browser has a session. */
export async function follow(): Promise<void> {
  stopListening ??= listen(
    (event) => void onEvent(event),
    (is) => {
      lost.value = is;
      // It may be back, locked or without our session: then there is something better to show than silence.
      if (is) void refreshState();
    },
  );
  await Promise.all([refreshExhibits(), refreshReleases(), refreshInvitations()]);
}

/** Forgets everything that was opened: nothing of it stays on a locked screen. */
export function unfollow(): void {
  stopListening?.();
  stopListening = null;
  [hasLoaded, lost.value] = [false, false];
  arrivals = new Arrivals();
  exhibits.value = [];
  releases.value = [];
  invitations.value = [];
  opened.value = null;
  chosen.value = null;
  shown.value = new Set();
  drafts.clear();
  releasing.value = null;
}

/** The one-time key of the printed address, taken out of the address bar at once. */
export async function enter(): Promise<void> {
  const key = location.hash.slice(1);
  if (key !== '') {
    history.replaceState(null, '', location.pathname);
    desk.value = await tell<DeskState>('/api/session', { key }).catch(() => null);
  }
  if (!desk.value) await refreshState();
}
