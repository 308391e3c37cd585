/**
 * A log that one signer appends to: entries and tiles first, then the checkpoint that covers them.
 *
 * C2SP tlog-tiles and tlog-checkpoint. Contract:
 * - What `append` acknowledged MUST be in every later checkpoint.
 * - There MUST never be two different checkpoints of one size.
 * - After a stop at any write, `open` MUST find the log as it was before or after the whole append.
 */
import { equalBytes, fromUtf8, utf8 } from '@zajil/format';
import { formatCheckpoint, verifyCheckpoint } from './checkpoint.ts';
import { formatEntryBundle, mostEntryBytes, parseEntryBundle } from './entry-bundle.ts';
import { signNote } from './note.ts';
import { verifyConsistency, verifyInclusion } from './proof.ts';
import { LogError } from './refusal.ts';
import type { NoteSigner } from './signer.ts';
import { edgeRoot, emptyEdge, growEdge, readEdge, type TileEdge } from './tile-edge.ts';
import { checkpointPath, parseTilePath, tilePath, tileWidth, tileWidthAt } from './tile-path.ts';
import type { TileStore } from './tile-store.ts';
import { TileTree } from './tile-tree.ts';
import { formatTlogProof } from './tlog-proof.ts';
import { hashBytes, leafHash } from './tree.slow.ts';
import { parseVkey } from './vkey.ts';

/** What is committed: it is replaced as a whole, and only after its checkpoint is durable. */
interface Committed {
  readonly note: string;
  readonly root: Uint8Array;
  readonly edge: TileEdge;
  readonly tree: TileTree;
}

export class TileLog {
  readonly #store: TileStore;
  readonly #signer: NoteSigner;
  #committed: Committed;
  /** A write failed, and what came of it is not known yet. */
  #doubtful = false;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(store: TileStore, signer: NoteSigner, committed: Committed) {
    this.#store = store;
    this.#signer = signer;
    this.#committed = committed;
  }

  /**
   * Opens the log, or begins it with a checkpoint of size 0. One process may have it open.
   *
   * @throws LogError `LOG_STORE` when files are missing or damaged, `LOG_SIGNATURE`/`LOG_CHECKPOINT` when the stored checkpoint is not this signer's
   */
  static async open(store: TileStore, signer: NoteSigner): Promise<TileLog> {
    return new TileLog(store, signer, await load(store, signer));
  }

  /** Entries that the newest checkpoint covers. @throws LogError `LOG_STORE` when a write failed, and looking what came of it failed too */
  get size(): number {
    if (this.#doubtful) throw new LogError('LOG_STORE', 'the log cannot be read just now; what it acknowledged is kept');
    return this.#committed.edge.size;
  }

  /** The newest checkpoint: a signed note. */
  async checkpoint(): Promise<string> {
    return this.#committed.note;
  }

  /**
   * Durable when it resolves. Appends wait for each other. When it throws because a write failed, all of the entries
   * are in the log or none: `size` tells, since the log looked again before it threw.
   *
   * @param entries - each at most 65,535 bytes. @throws RangeError; LogError `LOG_STORE`, `LOG_FORK`; what the store throws
   */
  async append(entries: readonly Uint8Array[]): Promise<{ first: number }> {
    if (entries.some((entry) => entry.length > mostEntryBytes)) throw new RangeError('an entry has at most 65,535 bytes');
    const copies = entries.map((entry) => entry.slice());
    return this.#exclusively(async () => this.#append(copies));
  }

  async #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** After a failed write only the store knows which checkpoint is there. */
  async #settle(): Promise<void> {
    if (!this.#doubtful) return;
    this.#committed = await load(this.#store, this.#signer);
    this.#doubtful = false;
  }

  async #append(entries: readonly Uint8Array[]): Promise<{ first: number }> {
    await this.#settle();
    const first = this.#committed.edge.size;
    if (entries.length === 0) return { first };
    try {
      this.#committed = await this.#grow(entries);
    } catch (error) {
      this.#doubtful = true;
      await this.#settle().catch(() => undefined);
      throw error;
    }
    return { first };
  }

  async #grow(entries: readonly Uint8Array[]): Promise<Committed> {
    // Before any tile: another writer's would be overwritten. And again before signing: it may have come meanwhile.
    await checkUntouched(this.#store, this.#signer, this.#committed);
    const { edge, files } = growEdge(this.#committed.edge, entries);
    for (const file of files) await this.#store.write(file.path, file.bytes);
    await checkUntouched(this.#store, this.#signer, this.#committed);
    const grown = await signGrown(this.#store, this.#signer, this.#committed, edge);
    await this.#store.write(checkpointPath, utf8(grown.note));
    return grown;
  }

  /** @throws RangeError beyond `size`; LogError `LOG_STORE` when what is stored is not what was logged */
  async entry(index: number): Promise<Uint8Array> {
    const { edge, tree } = this.#committed;
    checkRange(index, 0, edge.size - 1);
    const bundle = Math.floor(index / tileWidth);
    const width = tileWidthAt('entries', bundle, edge.size);
    const bytes = await this.#store.read(tilePath({ level: 'entries', index: bundle, width }));
    const entry = bytes && parseEntryBundle(bytes, width)[index % tileWidth];
    if (!entry || !equalBytes(leafHash(entry), await tree.leaf(index)))
      throw new LogError('LOG_STORE', 'an entry of the log is missing or damaged');
    return entry;
  }

  /**
   * A proof under the newest checkpoint is checked before it is handed out.
   *
   * @param size - of the tree to prove in; the newest unless said otherwise. @throws RangeError; LogError `LOG_STORE`
   */
  async proveInclusion(index: number, size?: number): Promise<Uint8Array[]> {
    return proveIn(this.#committed, index, size ?? this.#committed.edge.size);
  }

  /** From the empty tree there is nothing to prove: an empty proof, which nobody need check. @throws RangeError, LogError `LOG_STORE` */
  async proveConsistency(size1: number, size2?: number): Promise<Uint8Array[]> {
    const { edge, tree } = this.#committed;
    const until = size2 ?? edge.size;
    checkRange(until, 0, edge.size);
    checkRange(size1, 0, until);
    return size1 === 0 ? [] : tree.consistency(size1, until);
  }

  /** A tlog-proof of one entry under the newest checkpoint. @throws RangeError, LogError `LOG_STORE` */
  async receipt(index: number): Promise<string> {
    const committed = this.#committed;
    const hashes = await proveIn(committed, index, committed.edge.size);
    return formatTlogProof({ index, hashes, checkpoint: committed.note });
  }

  /**
   * A file to publish, or null: only what the newest checkpoint covers, so that a cache may keep a tile for ever.
   * Partial tiles are cut from the newest: one that a failed append left in the store never gets out.
   *
   * @param path - `checkpoint` or a tile's path, as it stands in a request. @throws LogError `LOG_STORE`
   */
  async publish(path: string): Promise<Uint8Array | null> {
    const { edge, note } = this.#committed;
    if (path === checkpointPath) return utf8(note);
    const address = parseTilePath(path);
    if (!address) return null;
    const width = tileWidthAt(address.level, address.index, edge.size);
    if (address.width > width) return null;
    const bytes = await this.#store.read(tilePath({ ...address, width }));
    if (!bytes) throw new LogError('LOG_STORE', 'a file of the log is missing');
    if (address.level !== 'entries') return bytes.subarray(0, address.width * hashBytes);
    return formatEntryBundle(parseEntryBundle(bytes, width).slice(0, address.width));
  }
}

function checkRange(value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) throw new RangeError('the log has no such entry or size');
}

async function proveIn({ edge, tree, root }: Committed, index: number, size: number): Promise<Uint8Array[]> {
  checkRange(size, 1, edge.size);
  checkRange(index, 0, size - 1);
  const proof = await tree.inclusion(index, size);
  if (size < edge.size) return proof;
  try {
    verifyInclusion({ size, index, leaf: await tree.leaf(index), proof, root });
  } catch (cause) {
    throw new LogError('LOG_STORE', 'files of the log do not lead to its checkpoint; restore them from a copy', cause);
  }
  return proof;
}

/** Reads the log, checks that its edge leads to its signed root, and begins it when there is none. */
async function load(store: TileStore, signer: NoteSigner): Promise<Committed> {
  const stored = await store.read(checkpointPath);
  if (stored === null) return begin(store, signer);
  const note = fromUtf8(stored);
  const { size, root } = verifyCheckpoint(note, signer.vkey);
  const edge = await readEdge(store, size);
  const tree = new TileTree(store, size);
  checkEdge(edge, root);
  // A stop between the checkpoint's rename and its folder's fsync left it visible but not durable.
  await store.write(checkpointPath, stored);
  return { note, root, edge, tree };
}

function checkEdge(edge: TileEdge, root: Uint8Array): void {
  const whole = equalBytes(edgeRoot(edge), root);
  const leaves = edge.levels[0] ?? [];
  const told = edge.entries.length === leaves.length && edge.entries.every((entry, i) => equalBytes(leafHash(entry), leaves[i] ?? entry));
  if (!whole || !told) throw new LogError('LOG_STORE', 'files of the log do not lead to its checkpoint; restore them from a copy');
}

async function begin(store: TileStore, signer: NoteSigner): Promise<Committed> {
  // The first checkpoint is written before any tile, so tiles without one mean that it was lost, not never made.
  if ((await store.read(tilePath({ level: 'entries', index: 0, width: tileWidth }))) !== null)
    throw new LogError('LOG_STORE', 'the checkpoint of a log is missing; restore it from a copy, since a new one would fork the log');
  const root = edgeRoot(emptyEdge);
  const note = signCheckpoint(signer, 0, root);
  await store.write(checkpointPath, utf8(note));
  return { note, root, edge: emptyEdge, tree: new TileTree(store, 0) };
}

/** @throws LogError `LOG_FORK` unless the store's checkpoint is still the one that this log committed */
async function checkUntouched(store: TileStore, signer: NoteSigner, committed: Committed): Promise<void> {
  const stored = await store.read(checkpointPath);
  const { size, root } = stored ? verifyCheckpoint(fromUtf8(stored), signer.vkey) : { size: -1, root: committed.root };
  if (size !== committed.edge.size || !equalBytes(root, committed.root))
    throw new LogError('LOG_FORK', 'somebody else wrote to this log meanwhile; nothing was signed');
}

/** Signs the grown tree, if the tiles as stored prove that it continues the committed one. @throws LogError `LOG_FORK`, `LOG_STORE` */
async function signGrown(store: TileStore, signer: NoteSigner, before: Committed, edge: TileEdge): Promise<Committed> {
  const root = edgeRoot(edge);
  const tree = new TileTree(store, edge.size);
  if (before.edge.size > 0) {
    const proof = await tree.consistency(before.edge.size, edge.size);
    try {
      verifyConsistency({ size1: before.edge.size, root1: before.root, size2: edge.size, root2: root, proof });
    } catch (cause) {
      throw new LogError('LOG_FORK', 'files of the log do not continue its checkpoint; nothing was signed', cause);
    }
  }
  return { note: signCheckpoint(signer, edge.size, root), root, edge, tree };
}

function signCheckpoint(signer: NoteSigner, size: number, root: Uint8Array): string {
  return signNote(formatCheckpoint({ origin: parseVkey(signer.vkey).name, size, root }), signer);
}
