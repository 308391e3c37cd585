/** Talks to the desk on this machine. Every refusal becomes a sentence with a code; nothing is cached. */
import type { ApiError, DeskEvent } from '../api.ts';

export class DeskRefusal extends Error {
  readonly code: string;

  constructor({ code, message }: ApiError) {
    super(message);
    this.code = code;
  }
}

async function answerOf<T>(response: Response): Promise<T> {
  if (response.ok) return (await response.json()) as T;
  const error = (await response.json().catch(() => ({ code: 'DESK_SILENT', message: '' }))) as ApiError;
  throw new DeskRefusal(error);
}

export async function ask<T>(path: string): Promise<T> {
  return await answerOf<T>(await fetch(path, { cache: 'no-store' }));
}

export async function tell<T>(path: string, body: object): Promise<T> {
  return await answerOf<T>(
    await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  );
}

/** How long the desk is left alone before it is dialled again. */
const againMs = 3000;

/**
 * Calls back for every event. The browser dials again by itself after a break; after a refusal it does not, so that is
 * done here. @returns how to stop
 */
export function listen(onEvent: (event: DeskEvent) => void, onLost: (lost: boolean) => void): () => void {
  let source: EventSource;
  let again: ReturnType<typeof setTimeout> | undefined;
  const dial = (): void => {
    source = new EventSource('/api/events');
    source.addEventListener('message', (message: MessageEvent<string>) => onEvent(JSON.parse(message.data) as DeskEvent));
    source.addEventListener('open', () => onLost(false));
    source.addEventListener('error', () => {
      onLost(true);
      if (source.readyState === EventSource.CLOSED) again = setTimeout(dial, againMs);
    });
  };
  dial();
  return () => {
    clearTimeout(again);
    source.close();
  };
}

export function mediaPath(exhibit: string, file: number, layer: string, view = 0): string {
  return `/api/media/${exhibit}/${file}/${layer}/${view}`;
}
