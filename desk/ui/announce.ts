/** One polite sentence at a time for whoever listens to the screen; never the words of a dispatch, which are not read out unasked. */
import { signal } from '@preact/signals';

export const announced = signal('');

export function announce(sentence: string): void {
  // The same sentence twice is told twice only if the text differs.
  announced.value = announced.value === sentence ? `${sentence}\u00A0` : sentence;
}
