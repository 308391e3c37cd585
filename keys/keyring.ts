/**
 * An unlocked member: the keys in memory, and the only writer of `keys.sealed` and of the newsroom's public files.
 *
 * Contract: `keys.sealed` is made durable first, the public files after; both can be made again from it, so a kill at
 * any point is healed by the next unlock. A locked keyring gives nothing any more.
 */
import { type Invitation, type KeyScope, type Statement, Secret, formatDoors, fromHex, toHex, tokenHash } from '@zajil/format';
import { type NoteSigner, createSigner, signNote } from '@zajil/log';
import { type Roster, appendStatement, nextLink, verifyRoster } from '@zajil/roster';
import type { Random } from './box.ts';
import { type Term, addDays, dayOf, missingTerms } from './calendar.ts';
import { replaceKeys, writePublic } from './folder.ts';
import { recipientId, recipientOfSeed } from './recipient.ts';
import { KeysError } from './refusal.ts';
import { type Lock, sealFile, wipeLock } from './sealed-file.ts';
import { type IntakeSecret, type KeptInvitation, type KnownRelay, type Secrets, formatSecrets } from './secrets.ts';

export interface IntakeSeed extends Term {
  /** SHA-256 of the public key, hex. */
  readonly id: string;
  /** 32 bytes, for `createIdentity` of `open`. */
  readonly seed: Secret;
}

export interface KeyringOptions {
  readonly folder: string;
  readonly lock: Lock;
  readonly secrets: Secrets;
  readonly random: Random;
}

export class Keyring {
  readonly #options: KeyringOptions;
  #secrets: Secrets | null;
  #roster: Roster;
  #public = new Map<string, Uint8Array>();
  #writing: Promise<void> = Promise.resolve();

  /** Use `unlock` or `foundNewsroom`. @throws RosterError when the roster inside does not hold together */
  constructor(options: KeyringOptions) {
    this.#options = options;
    this.#secrets = options.secrets;
    this.#roster = verifyRoster(options.secrets.roster, null);
  }

  get #held(): Secrets {
    if (!this.#secrets) throw new KeysError('KEYS_LOCKED', 'The newsroom is locked. Nothing was changed. Unlock it and try again.');
    return this.#secrets;
  }

  /** SHA-256 of the founding statement: 32 bytes. */
  get newsroom(): Uint8Array {
    return this.#roster.name;
  }

  /** The name under which the newsroom publishes. */
  get title(): string {
    return this.#held.title;
  }

  get member(): string {
    return this.#held.member;
  }

  get roster(): Roster {
    return this.#roster;
  }

  /** Signs statements, acknowledgements, requests, releases and the site. */
  get device(): NoteSigner {
    return createSigner(this.#held.device.name, fromHex(this.#held.device.seed, 32));
  }

  /** Signs checkpoints of the newsroom's own log. */
  get log(): NoteSigner {
    return createSigner(this.#held.log.name, fromHex(this.#held.log.seed, 32));
  }

  /** Key of the vault's records. The caller wipes its copy. */
  vaultKey(): Secret {
    return new Secret(fromHex(this.#held.vaultKey, 32));
  }

  /** Seed of the device's own hybrid identity. The caller wipes its copy. */
  deviceSeed(): Secret {
    return new Secret(fromHex(this.#held.deviceHybrid, 32));
  }

  /** Every intake seed that is not destroyed yet. The caller wipes its copies. */
  intakeSeeds(): IntakeSeed[] {
    return this.#held.intake.map((kept) => ({ ...kept, seed: new Secret(fromHex(kept.seed, 32)) }));
  }

  get invitations(): readonly KeptInvitation[] {
    return this.#held.invitations;
  }

  get relays(): readonly KnownRelay[] {
    return this.#held.relays;
  }

  /** The signed list of doors that a relay is told. */
  get doors(): string {
    const tokens = this.#held.invitations.map((kept) => tokenHash(fromHex(kept.token))).sort();
    return signNote(formatDoors({ newsroom: toHex(this.newsroom), seq: this.#held.doorsSeq, tokens }), this.device);
  }

  /** Public intake keys by id, 1,216 bytes each. */
  get publicKeys(): ReadonlyMap<string, Uint8Array> {
    const kept = new Map<string, Uint8Array>();
    for (const { id, seed } of this.#held.intake) kept.set(id, this.#public.get(id) ?? recipientOfSeed(new Secret(fromHex(seed, 32))));
    this.#public = kept;
    return kept;
  }

  /** Makes a new invitation and opens its door. @param relays - base addresses; the first is where it points */
  async addInvitation(options: { label: string; relays: readonly string[]; plain: boolean; nowMs: number }): Promise<Invitation> {
    const { label, plain } = options;
    const token = this.#options.random(16);
    const kept = { label, relay: options.relays[0] ?? '', token: toHex(token), made: dayOf(options.nowMs), plain };
    await this.#change((held) => {
      const known = new Set(held.relays.map((relay) => relay.base));
      const relays = [...held.relays, ...options.relays.filter((base) => !known.has(base)).map((base) => ({ base, vkey: '' }))];
      return { ...held, doorsSeq: held.doorsSeq + 1, invitations: [...held.invitations, kept], relays };
    });
    return { relays: [...options.relays], newsroom: this.newsroom, token, plain };
  }

  /** Closes the door of an invitation. */
  async withdrawInvitation(token: string): Promise<void> {
    await this.#change((held) => {
      const invitations = held.invitations.filter((kept) => kept.token !== token);
      return { ...held, doorsSeq: held.doorsSeq + 1, invitations };
    });
  }

  /** Remembers the log key of a relay, and names it in the roster when it is new. Returns whether it was. */
  async learnRelay(base: string, vkey: string, nowMs: number): Promise<boolean> {
    let isNew = false;
    await this.#change((held) => {
      const relays = held.relays.map((relay) => (relay.base === base ? { base, vkey } : relay));
      isNew = !this.#roster.relays.includes(vkey);
      if (!isNew && held.relays.every((relay) => relay.base !== base || relay.vkey === vkey)) return null;
      const roster = isNew ? this.#append({ ...nextLink(this.#roster), day: this.#statementDay(nowMs), kind: 'relay', vkey }) : held.roster;
      return { ...held, roster, relays };
    });
    return isNew;
  }

  /**
   * Issues what is missing and destroys what is due. Returns how many keys were issued and destroyed.
   *
   * @param spareDays - so many days longer a due key is kept: while what was sealed to it may still wait somewhere
   */
  async renewIntake(nowMs: number, spareDays = 0): Promise<{ issued: number; destroyed: number }> {
    const today = dayOf(nowMs);
    const done = { issued: 0, destroyed: 0 };
    await this.#change((held) => {
      const kept = held.intake.filter((key) => addDays(key.destroyed, spareDays) > today);
      const issued = missingTerms(today, this.#roster.intake).map((term) => this.#draw(term));
      Object.assign(done, { issued: issued.length, destroyed: held.intake.length - kept.length });
      if (done.issued === 0 && done.destroyed === 0) return null;
      const keys = issued.map(({ id, scope, from, until, destroyed: ends }) => ({ id, scope, from, until, destroyed: ends }));
      const statement = { ...nextLink(this.#roster), day: this.#statementDay(nowMs), kind: 'intake', keys } as const;
      const roster = issued.length > 0 ? this.#append(statement) : held.roster;
      return { ...held, roster, intake: [...kept, ...issued] };
    });
    return done;
  }

  #draw(term: { scope: KeyScope; from: string; until: string; destroyed: string }): IntakeSecret {
    const seed = this.#options.random(32);
    const recipient = recipientOfSeed(new Secret(seed));
    const id = recipientId(recipient);
    this.#public.set(id, recipient);
    return { id, ...term, seed: toHex(seed) };
  }

  /** No statement is dated before the one that it follows, though the clock of this computer was put back. */
  #statementDay(nowMs: number): string {
    const today = dayOf(nowMs);
    return today < this.#roster.day ? this.#roster.day : today;
  }

  #append(statement: Statement): string {
    return appendStatement(this.#held.roster, statement, this.device);
  }

  /**
   * One change after the other, each made from what the one before left: two that began together would else both
   * continue the same roster, and the second would forget the keys of the first after the world was told of them.
   *
   * @param next - what is to be held from now on, or null to leave it
   */
  async #change(next: (held: Secrets) => Secrets | null): Promise<void> {
    const write = async () => {
      const secrets = next(this.#held);
      if (!secrets) return;
      const roster = verifyRoster(secrets.roster, this.newsroom);
      await replaceKeys(this.#options.folder, sealFile(this.#options.lock, formatSecrets(secrets), this.#options.random));
      this.#secrets = secrets;
      this.#roster = roster;
      await this.publish();
    };
    this.#writing = this.#writing.then(write, write);
    await this.#writing;
  }

  /** Writes the public files as they ought to be. */
  async publish(): Promise<void> {
    await writePublic(this.#options.folder, { roster: this.#held.roster, doors: this.doors, keys: this.publicKeys });
  }

  /** Forgets the keys. Copies that the garbage collector has not reached yet are beyond it. */
  lock(): void {
    this.#secrets = null;
    wipeLock(this.#options.lock);
  }
}
