/** Who competes: the scripts of both ends. */
import { join } from 'node:path';

export interface SenderPlan {
  readonly key: string;
  readonly title: string;
  readonly relay: string;
  readonly phone: string;
  /** Words after folder and URL. */
  readonly words: readonly string[];
}

const script = (name: string): string => join(import.meta.dirname, name);
const tus = { relay: script('tus-relay.ts'), phone: script('tus-phone.ts') };

export const senders: readonly SenderPlan[] = [
  { key: 'zajil', title: 'Zajil', relay: script('zajil-relay.ts'), phone: script('zajil-phone.ts'), words: [] },
  { key: 'tus', title: 'tus-js-client as shipped', ...tus, words: ['shipped'] },
  { key: 'tus-watched', title: 'tus-js-client, watched', ...tus, words: ['watched'] },
];
