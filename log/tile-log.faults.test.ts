/** The log under faults of its store at every write: `refused`, `answer-lost`, `killed-before-write`, `killed-after-write`. */
import { fromUtf8, toHex, utf8 } from '@zajil/format';
import { describe, expect, test } from 'vitest';
import { verifyCheckpoint } from './checkpoint.ts';
import { verifyConsistency } from './proof.ts';
import { createSigner } from './signer.ts';
import { TileLog } from './tile-log.ts';
import { MemoryTiles, type TileStore } from './tile-store.ts';

const signer = createSigner('log.example', new Uint8Array(32).fill(1));
const faults = ['refused', 'answer-lost', 'killed-before-write', 'killed-after-write'] as const;
type Fault = (typeof faults)[number];
const entriesOf = (count: number, label: string) => Array.from({ length: count }, (_, i) => utf8(`${label} ${i}`));

/** Whoever watches the log: keeps every checkpoint ever stored, and complains of two faces. */
class Monitor {
  readonly #roots = new Map<number, string>();

  see(note: string): void {
    const { size, root } = verifyCheckpoint(note, signer.vkey);
    expect(this.#roots.get(size) ?? toHex(root)).toBe(toHex(root));
    this.#roots.set(size, toHex(root));
  }
}

class FaultyTiles implements TileStore {
  readonly #inner: MemoryTiles;
  readonly #monitor: Monitor;
  #at: number;
  readonly #fault: Fault;
  writes = 0;

  constructor(inner: MemoryTiles, monitor: Monitor, at: number, fault: Fault) {
    this.#inner = inner;
    this.#monitor = monitor;
    this.#at = at;
    this.#fault = fault;
  }

  /** No more faults. */
  mend(): void {
    this.#at = Number.POSITIVE_INFINITY;
  }

  get #dead(): boolean {
    return this.#fault.startsWith('killed') && this.writes > this.#at;
  }

  async read(path: string): Promise<Uint8Array | null> {
    if (this.#dead) throw new Error('killed');
    return this.#inner.read(path);
  }

  async write(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#dead) throw new Error('killed');
    const faulty = this.writes++ === this.#at;
    if (faulty && (this.#fault === 'refused' || this.#fault === 'killed-before-write')) throw new Error(this.#fault);
    await this.#inner.write(path, bytes);
    if (path === 'checkpoint') this.#monitor.see(fromUtf8(bytes));
    if (faulty) throw new Error(this.#fault);
  }
}

interface Trial {
  inner: MemoryTiles;
  monitor: Monitor;
  /** Sizes after which an append was acknowledged, with what the log then held. */
  acknowledged: Uint8Array[];
}

/** Appends twice across the edge of a tile, with one fault. True when the fault was met. */
async function run(trial: Trial, at: number, fault: Fault): Promise<{ log: TileLog | null; store: FaultyTiles; met: boolean }> {
  const store = new FaultyTiles(trial.inner, trial.monitor, at, fault);
  let log: TileLog | null = null;
  try {
    log = await TileLog.open(store, signer);
    for (const [count, label] of [
      [250, 'a'],
      [10, 'b'],
      [3, 'c'],
    ] as const) {
      const entries = entriesOf(count, label);
      const { first } = await log.append(entries);
      expect(first).toBe(trial.acknowledged.length);
      trial.acknowledged.push(...entries);
    }
    return { log, store, met: false };
  } catch (error) {
    expect(String(error)).toMatch(/refused|answer-lost|killed/);
    return { log, store, met: true };
  }
}

/** What must hold after any fault, for a log that goes on with other entries than those that failed. */
async function goOn(log: TileLog, { monitor, acknowledged }: Trial): Promise<void> {
  const before = verifyCheckpoint(await log.checkpoint(), signer.vkey);
  monitor.see(await log.checkpoint());
  expect([0, 250, 260, 263]).toContain(log.size);
  expect(log.size).toBeGreaterThanOrEqual(acknowledged.length);
  for (const i of [0, 249, 250, 255, 256, 259, 262].filter((i) => i < acknowledged.length))
    expect(await log.entry(i)).toEqual(acknowledged[i]);
  const { first } = await log.append(entriesOf(9, 'other'));
  expect(first).toBe(before.size);
  const after = verifyCheckpoint(await log.checkpoint(), signer.vkey);
  monitor.see(await log.checkpoint());
  expect(await log.entry(first + 8)).toEqual(utf8('other 8'));
  if (before.size === 0) return;
  const proof = await log.proveConsistency(before.size);
  verifyConsistency({ size1: before.size, root1: before.root, size2: after.size, root2: after.root, proof });
}

describe.each(faults)('%s at every write', (fault) => {
  test('reopening heals: nothing acknowledged is lost, and no size has two checkpoints', async () => {
    let met = true;
    let at = 0;
    for (; met; at++) {
      const trial = { inner: new MemoryTiles(), monitor: new Monitor(), acknowledged: [] };
      ({ met } = await run(trial, at, fault));
      await goOn(await TileLog.open(new FaultyTiles(trial.inner, trial.monitor, Number.POSITIVE_INFINITY, fault), signer), trial);
    }
    expect(at).toBeGreaterThan(12);
  });
});

describe.each(['refused', 'answer-lost'] as const)('%s at every write', (fault) => {
  test('the same log goes on: its size tells what came of the failed append', async () => {
    let met = true;
    for (let at = 1; met; at++) {
      const trial = { inner: new MemoryTiles(), monitor: new Monitor(), acknowledged: [] };
      const result = await run(trial, at, fault);
      met = result.met;
      if (!result.log) throw new Error('the log opened');
      result.store.mend();
      const landed = verifyCheckpoint(fromUtf8((await trial.inner.read('checkpoint')) ?? utf8('')), signer.vkey);
      expect(result.log.size).toBe(landed.size);
      await goOn(result.log, trial);
    }
  });
});
