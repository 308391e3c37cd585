/** What a phone's process says of itself when it ends. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { instant } from './instant.ts';

export interface PhoneFigures {
  /** When the process began, in seconds of the shared clock. */
  readonly began: number;
  readonly ended: number;
  /** Processor time of all its threads, in seconds. */
  readonly cpu: number;
  /** Bytes that the sender gave to the network; null where it does not say. */
  readonly handedOut: number | null;
  /** Connections that were dialled and first packets that were sent again, from the kernel's own count; null elsewhere. */
  readonly dials: number | null;
  /** Troubles by code, and how often. */
  readonly troubles: Readonly<Record<string, number>>;
  readonly idle?: IdleFigures;
}

/** What the phone did while the line was dead. */
export interface IdleFigures {
  readonly seconds: number;
  /** Processor seconds. */
  readonly cpu: number;
  readonly dials: number | null;
}

const began = instant() - process.uptime();

export function writeFigures(folder: string, own: Pick<PhoneFigures, 'handedOut' | 'troubles' | 'idle'>): void {
  const figures = { began, ended: instant(), cpu: cpuSeconds(), dials: countDials(), ...own } satisfies PhoneFigures;
  writeFileSync(join(folder, 'phone.json'), JSON.stringify(figures));
}

/** The line is alive for ten seconds; by then the sender knows that it is not. */
const idleAfterMs = 20_000;
const idleMs = 60_000;

export async function idleFigures(): Promise<IdleFigures> {
  await wait(idleAfterMs);
  const before = { at: instant(), cpu: cpuSeconds(), dials: countDials() };
  await wait(idleMs);
  const dials = countDials();
  return {
    seconds: instant() - before.at,
    cpu: cpuSeconds() - before.cpu,
    dials: dials === null || before.dials === null ? null : dials - before.dials,
  };
}

export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** First packets of TCP that left this network namespace, those sent again included. */
export function countDials(): number | null {
  try {
    return counter('/proc/self/net/snmp', 'Tcp', 'ActiveOpens') + counter('/proc/self/net/netstat', 'TcpExt', 'TCPSynRetrans');
  } catch {
    return null;
  }
}

/** The kernel's tables are pairs of lines: names, then values. */
function counter(path: string, table: string, name: string): number {
  const [names = '', values = ''] = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith(`${table}: `));
  return Number(values.split(' ')[names.split(' ').indexOf(name)]);
}
