/** Reading what a client sends: chunk by chunk at the relay's own pace, or as a whole with a limit. */
import type { IncomingMessage } from 'node:http';
import { RelayError } from './relay-error.ts';

/** Read ahead of the work on it, so that what arrived before a line died is not lost with the connection. */
const mostAheadBytes = 256 * 1024;

/**
 * The body's chunks until it ends, or until the line does: then whoever reads sees an ordinary end, since what came
 * before counts. A connection holds what was read ahead, and no more than one chunk beyond it.
 */
export async function* bodyChunks(incoming: IncomingMessage): AsyncGenerator<Uint8Array, void> {
  const ahead: Uint8Array[] = [];
  const state = { bytes: 0, over: incoming.readableEnded || incoming.destroyed };
  let wake = (): void => undefined;
  const take = (chunk: Uint8Array): void => {
    ahead.push(chunk);
    state.bytes += chunk.length;
    if (state.bytes >= mostAheadBytes) incoming.pause();
    wake();
  };
  const end = (): void => {
    state.over = true;
    wake();
  };
  incoming.on('data', take).once('end', end).once('close', end).once('error', end);
  try {
    while (!state.over || ahead.length > 0) {
      const chunk = ahead.shift();
      if (!chunk) await new Promise<void>((resolve) => (wake = resolve));
      else {
        state.bytes -= chunk.length;
        if (state.bytes < mostAheadBytes) incoming.resume();
        yield chunk;
      }
    }
  } finally {
    incoming.off('data', take).off('end', end).off('close', end).off('error', end);
    incoming.on('error', () => undefined);
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
