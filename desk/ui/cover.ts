/**
 * What somebody chose to see or hear, and the one act that takes all of it away. Nothing pictured is even fetched before
 * it is chosen, and covering forgets every choice: a second press of the same key never shows anything again.
 */
import { signal } from '@preact/signals';
import { announce } from './announce.ts';
import { say } from './words/language.ts';

/** Addresses of the pictures and players that are open. */
export const shown = signal<ReadonlySet<string>>(new Set());

export function toggleShown(address: string): void {
  const next = new Set(shown.value);
  if (!next.delete(address)) next.add(address);
  shown.value = next;
}

/** Takes every picture and player off the page. Focus stays with the button that had opened what held it. */
export function coverAll(): void {
  const within = document.activeElement?.closest('[data-shown]')?.querySelector('button');
  shown.value = new Set();
  if (within instanceof HTMLElement) within.focus();
  announce(say.value.covered);
}

/** Esc covers everything; leaving a film's full screen, which takes the key away from us, does so too. @returns how to stop */
export function coverOnEscape(): () => void {
  const onKey = (event: KeyboardEvent): void => void (event.key === 'Escape' && coverAll());
  const onFullscreen = (): void => void (document.fullscreenElement === null && coverAll());
  addEventListener('keydown', onKey);
  document.addEventListener('fullscreenchange', onFullscreen);
  return () => {
    removeEventListener('keydown', onKey);
    document.removeEventListener('fullscreenchange', onFullscreen);
  };
}
