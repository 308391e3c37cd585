/**
 * Hands a relay what it lacks of parcels that the desk has, in the tray or in the vault, so that a phone learns from
 * *have* that it need not send it, and the relay can promise. `docs/protocol.md` section "Collect".
 *
 * A parcel that the relay did not list is asked about by its head alone first: the answer says what it holds.
 */
import {
  Bitmap,
  type HeldEntry,
  type NameHex,
  bagMagic,
  concatBytes,
  formatBagFrame,
  fromHex,
  giveBack,
  makeParcelHead,
  pieceBytes,
  pieceFrameBytes,
  piecesOf,
  toHex,
} from '@zajil/format';
import { DeskError } from '../refusal.ts';
import { type Piece, fastSha256 } from '../tray/pieces-on-disk.ts';
import { allOf, missingFrom } from './pieces-of.ts';
import type { Peer, UnitingParts } from './uniting.ts';

/** In a run, to one relay. */
const mostHandedBytes = 256 * 1024 * 1024;
const mostMs = 120_000;
const bagBytes = 2 * 1024 * 1024;
/** Parcels whose heads are asked about at once: 512 KiB of the largest. */
const mostHeads = 64;

export class Handing {
  readonly #parts: UnitingParts;
  /** By relay and name: the relay takes no more of it, as far as this process knows. */
  readonly #settled = new Set<string>();

  constructor(parts: UnitingParts) {
    this.#parts = parts;
  }

  /**
   * @param peers - all relays of this run; what none of them lists goes to the first
   * @param onHanded - called with a number of pieces as they are taken
   * @throws DeskError `DESK_RELAY_…`, `DESK_DISK`
   */
  async run(peer: Peer, peers: readonly Peer[], onHanded: (pieces: number) => void): Promise<void> {
    const { tray, due, vault } = this.#parts;
    const turn = new Turn(peer, this.#parts.now, onHanded, (entry) => this.#heard(peer, entry));
    const open = (name: NameHex): boolean => !this.#settled.has(`${peer.client.base} ${name}`);
    const listed = [...peer.partials.keys()].filter((name) => open(name) && (tray.has(name) || vault.names.has(name)));
    for (const name of listed) if (!(await this.#handOne(turn, name, peer.partials.get(name)))) return;
    if (peer === peers[0]) {
      const isListed = (name: NameHex): boolean => peers.some(({ partials }) => partials.has(name));
      const unknown = [...new Set([...tray.names(), ...due.names()])].filter((name) => open(name) && !isListed(name));
      for (let at = 0; at < unknown.length && !turn.isOver; at += mostHeads)
        await this.#handUnknown(turn, unknown.slice(at, at + mostHeads));
    }
    await turn.flush();
  }

  async #handUnknown(turn: Turn, names: readonly NameHex[]): Promise<void> {
    const held = await turn.ask(await Promise.all(names.map(async (name) => this.#head(name))));
    for (const name of names) {
      const there = held.get(name);
      if (there && !(await this.#handOne(turn, name, there))) return;
    }
  }

  /** False when the turn is over. */
  async #handOne(turn: Turn, name: NameHex, there: Bitmap | undefined): Promise<boolean> {
    const { tray, vault } = this.#parts;
    if (!there) return true;
    const mine = vault.names.has(name) ? allOf(there.size) : await tray.pieces(name);
    if (!mine || mine.size !== there.size) return true;
    const lacking = missingFrom(there, mine);
    if (lacking.length === 0) return true;
    const pieces = vault.names.has(name) ? await this.#fromVault(name, lacking) : await tray.read(name, lacking);
    return turn.add(name, pieces);
  }

  /** None when the vault keeps no bytes under this name: of a part that was sealed twice it keeps one. */
  async #fromVault(name: NameHex, indexes: readonly number[]): Promise<Piece[]> {
    const parcel = await this.#parcel(name);
    if (!parcel) return [];
    const pieces = indexes.map((index) => ({ index, bytes: parcel.slice(index * pieceBytes, (index + 1) * pieceBytes) }));
    giveBack(parcel);
    return pieces;
  }

  async #head(name: NameHex): Promise<Uint8Array | null> {
    const { tray, due } = this.#parts;
    const head = tray.headOf(name) ?? (await due.head(name));
    if (head && toHex(fastSha256(head)) === name) return head;
    const parcel = await this.#parcel(name);
    if (parcel) return makeParcelHead(parcel, fastSha256);
    await due.remove(name);
    return null;
  }

  async #parcel(name: NameHex): Promise<Uint8Array | null> {
    try {
      return await this.#parts.vault.parcels.get(name);
    } catch (error) {
      if (error instanceof DeskError && error.code === 'DESK_VANISHED') return null;
      throw error;
    }
  }

  async #heard(peer: Peer, { id, held }: HeldEntry): Promise<void> {
    if (held.state === 'partial' || held.state === 'unknown') return;
    const name = toHex(id);
    this.#settled.add(`${peer.client.base} ${name}`);
    await this.#parts.due.remove(name);
  }
}

/** One relay's turn: collects pieces into bags, and ends when enough was handed. */
class Turn {
  readonly #peer: Peer;
  readonly #now: () => number;
  readonly #onHanded: (pieces: number) => void;
  readonly #onHeard: (entry: HeldEntry) => Promise<void>;
  readonly #beganMs: number;
  #frames: Uint8Array[] = [bagMagic];
  #bytes = 0;
  #pieces = 0;
  #handed = 0;

  constructor(peer: Peer, now: () => number, onHanded: (pieces: number) => void, onHeard: (entry: HeldEntry) => Promise<void>) {
    this.#peer = peer;
    this.#now = now;
    this.#onHanded = onHanded;
    this.#onHeard = onHeard;
    this.#beganMs = now();
  }

  get isOver(): boolean {
    return this.#handed >= mostHandedBytes || this.#now() - this.#beganMs >= mostMs;
  }

  /** What the relay holds of the parcels of these heads; without those of which it takes no more. */
  async ask(heads: readonly (Uint8Array | null)[]): Promise<Map<NameHex, Bitmap>> {
    const known = heads.filter((head) => head !== null);
    const frames = known.map((head) => formatBagFrame({ kind: 'head', head }));
    const held = new Map<NameHex, Bitmap>();
    for (const head of known)
      held.set(toHex(fastSha256(head)), new Bitmap(piecesOf(new DataView(head.buffer, head.byteOffset).getUint32(4))));
    if (frames.length === 0) return held;
    for (const entry of await this.#push(concatBytes(bagMagic, ...frames))) {
      if (entry.held.state === 'partial') held.set(toHex(entry.id), entry.held.pieces);
      else held.delete(toHex(entry.id));
    }
    return held;
  }

  /** False when the turn is over; the bag begun is sent then. */
  async add(name: NameHex, pieces: readonly Piece[]): Promise<boolean> {
    if (pieces.length === 0) return true;
    this.#frames.push(formatBagFrame({ kind: 'name', name: fromHex(name) }));
    for (const { index, bytes } of pieces) this.#frames.push(formatBagFrame({ kind: 'piece', index, bytes }));
    this.#pieces += pieces.length;
    this.#bytes += pieces.length * pieceFrameBytes;
    this.#handed += pieces.length * pieceFrameBytes;
    if (this.#bytes >= bagBytes || this.isOver) await this.flush();
    return !this.isOver;
  }

  async flush(): Promise<void> {
    if (this.#pieces === 0) return;
    const pieces = this.#pieces;
    const bag = concatBytes(...this.#frames);
    this.#frames = [bagMagic];
    this.#bytes = this.#pieces = 0;
    await this.#push(bag);
    this.#onHanded(pieces);
  }

  async #push(bag: Uint8Array): Promise<HeldEntry[]> {
    const entries = await this.#peer.client.pushBag(bag);
    for (const entry of entries) await this.#onHeard(entry);
    return entries;
  }
}
