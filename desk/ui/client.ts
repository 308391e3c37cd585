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

/** Calls back for every event; the browser dials again by itself. @returns how to stop */
export function listen(onEvent: (event: DeskEvent) => void, onLost: (lost: boolean) => void): () => void {
  const source = new EventSource('/api/events');
  source.addEventListener('message', (message: MessageEvent<string>) => onEvent(JSON.parse(message.data) as DeskEvent));
  source.addEventListener('open', () => onLost(false));
  source.addEventListener('error', () => onLost(true));
  return () => source.close();
}

export function mediaPath(exhibit: string, file: number, layer: string, view = 0): string {
  return `/api/media/${exhibit}/${file}/${layer}/${view}`;
}
