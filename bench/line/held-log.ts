/**
 * Notes, at the far end of the line, when how many distinct bytes were held and which parcels were whole: one line of
 * JSON for each change, so that nothing is lost when the process is ended.
 */
import { subscribe } from 'node:diagnostics_channel';
import { closeSync, openSync, writeSync } from 'node:fs';
import type { Socket } from 'node:net';
import { instant } from './instant.ts';

export interface HeldNote {
  /** Seconds of the shared clock. */
  readonly at: number;
  /** Distinct bytes of parcels that are held. */
  readonly held: number;
  /** Bytes of parcels that came and were held already. */
  readonly surplus: number;
  /** All bytes read from all connections, HTTP's own included. */
  readonly received: number;
  /** Names of parcels that are whole since the note before. */
  readonly whole: readonly string[];
}

export interface HeldSource {
  held(): { readonly held: number; readonly surplus: number };
  /** Is this parcel whole and kept? */
  isWhole(name: string): boolean;
}

const everyMs = 25;

/** Counts what every server socket of this process reads, from now on. */
export function countReceived(): () => number {
  let closed = 0;
  const open = new Set<Socket>();
  subscribe('net.server.socket', (message) => {
    const { socket } = message as { socket: Socket };
    open.add(socket);
    socket.once('close', () => {
      closed += socket.bytesRead;
      open.delete(socket);
    });
  });
  return () => [...open].reduce((sum, socket) => sum + socket.bytesRead, closed);
}

/** @param names - of the parcels that are waited for */
export function logHeld(path: string, source: HeldSource, names: readonly string[], received: () => number): () => void {
  const file = openSync(path, 'w');
  const waiting = new Set(names);
  let last = '';
  let most = 0;
  const look = (): void => {
    const whole = [...waiting].filter((name) => source.isWhole(name));
    for (const name of whole) waiting.delete(name);
    const { held, surplus } = source.held();
    // Between leaving the staging folder and entering the index a parcel is in neither sum.
    most = Math.max(most, held);
    const note = { held: most, surplus, received: received(), whole } satisfies Omit<HeldNote, 'at'>;
    const text = JSON.stringify(note);
    if (text === last) return;
    last = text;
    writeSync(file, `${JSON.stringify({ at: instant(), ...note })}\n`);
  };
  const timer = setInterval(look, everyMs);
  return () => {
    clearInterval(timer);
    look();
    closeSync(file);
  };
}
