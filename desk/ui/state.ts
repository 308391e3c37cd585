/** What the screen shows, as signals, and what changes it. */
import { computed, signal } from '@preact/signals';
import type { DeskEvent, DeskState, Exhibit, ExhibitSummary, InvitationSummary, ReleaseSummary } from '../api.ts';
import { ask, DeskRefusal, listen, tell } from './client.ts';

export const desk = signal<DeskState | null>(null);
export const exhibits = signal<readonly ExhibitSummary[]>([]);
export const releases = signal<readonly ReleaseSummary[]>([]);
export const invitations = signal<readonly InvitationSummary[]>([]);
export const chosen = signal<string | null>(null);
export const opened = signal<Exhibit | null>(null);
/** A sentence about the last refusal, shown until it is put away. */
export const trouble = signal<{ code: string; message: string } | null>(null);
/** The desk's own process does not answer. */
export const lost = signal(false);
export const releasing = signal<{ exhibit: string; step: string; done: number; of: number } | null>(null);
/** Everything pictured is covered while this is true; Esc toggles it. */
export const covered = signal(false);
/** Pictures that somebody chose to see, by address. */
export const revealed = signal<ReadonlySet<string>>(new Set());

export const relayTrouble = computed(
  () => desk.value?.newsroom?.relays.filter(({ state }) => state === 'unreachable' || state === 'refused') ?? [],
);

/** Runs something that may be refused; a refusal is shown, not thrown. @returns null when it was refused */
export async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    const result = await work();
    trouble.value = null;
    return result;
  } catch (error) {
    trouble.value = error instanceof DeskRefusal ? { code: error.code, message: error.message } : { code: 'DESK_SILENT', message: '' };
    return null;
  }
}

export async function refreshState(): Promise<void> {
  desk.value = (await attempt(() => ask<DeskState>('/api/state'))) ?? desk.value;
}

export async function refreshExhibits(): Promise<void> {
  exhibits.value = (await attempt(() => ask<ExhibitSummary[]>('/api/exhibits'))) ?? exhibits.value;
  if (chosen.value !== null) await choose(chosen.value);
}

export async function choose(id: string | null): Promise<void> {
  chosen.value = id;
  if (id === null) opened.value = null;
  else opened.value = (await attempt(() => ask<Exhibit>(`/api/exhibits/${id}`))) ?? opened.value;
}

export async function refreshReleases(): Promise<void> {
  releases.value = (await attempt(() => ask<ReleaseSummary[]>('/api/releases'))) ?? releases.value;
}

export async function refreshInvitations(): Promise<void> {
  invitations.value = (await attempt(() => ask<InvitationSummary[]>('/api/invitations'))) ?? invitations.value;
}

export function reveal(address: string): void {
  revealed.value = new Set([...revealed.value, address]);
}

async function onEvent(event: DeskEvent): Promise<void> {
  if (event.kind === 'state' || event.kind === 'collected') await refreshState();
  if (event.kind === 'exhibits') await refreshExhibits();
  if (event.kind === 'releasing') releasing.value = event;
  if (event.kind === 'releases') {
    releasing.value = null;
    await Promise.all([refreshReleases(), refreshExhibits()]);
  }
}

let stopListening: (() => void) | null = null;

/** Loads everything and follows what happens; call when the desk is open and this browser has a session. */
export async function follow(): Promise<void> {
  stopListening ??= listen(
    (event) => void onEvent(event),
    (is) => (lost.value = is),
  );
  await Promise.all([refreshExhibits(), refreshReleases(), refreshInvitations()]);
}

export function unfollow(): void {
  stopListening?.();
  stopListening = null;
  exhibits.value = [];
  releases.value = [];
  opened.value = null;
  chosen.value = null;
  revealed.value = new Set();
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
