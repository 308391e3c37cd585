/** Reading what a client sends: chunk by chunk at the relay's own pace, or as a whole with a limit. */
import type { IncomingMessage } from 'node:http';
import { RelayError } from './relay-error.ts';

/**
 * The body's chunks until it ends, or until the line does: then whoever reads sees an ordinary end, since what came
 * before counts. Nothing more is read while a chunk is worked on, so a connection holds one chunk.
 */
export async function* bodyChunks(incoming: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  try {
    for await (const chunk of incoming.iterator({ destroyOnReturn: false })) yield chunk as Uint8Array;
  } catch (error) {
    if (!incoming.destroyed) throw error;
  }
}

/** The whole body. @param most - bytes. @throws RelayError `RELAY_TOO_LARGE` */
export async function wholeBody(incoming: IncomingMessage, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bodyChunks(incoming)) {
    length += chunk.length;
    if (length > most) throw new RelayError('RELAY_TOO_LARGE', 'The request is larger than this door allows. Nothing was taken.');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** A client may go on sending for this long after a refusal, so that the answer reaches it over a slow line. */
const lingerMs = 15_000;

/**
 * Lets the client finish or give up after an early answer: what it still sends is read and thrown away. Closing at once
 * would reset the line, and the answer would be lost with it.
 */
export function lingerAfterAnswer(incoming: IncomingMessage): void {
  if (incoming.complete || incoming.destroyed) return;
  incoming.resume();
  const timer = setTimeout(() => {
    if (!incoming.complete) incoming.destroy();
  }, lingerMs);
  timer.unref();
  incoming.once('close', () => clearTimeout(timer));
}
