/** Founding a newsroom in a folder, and unlocking it. `docs/protocol.md` section "Newsroom folder". */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Statement, Secret, toHex } from '@zajil/format';
import { createSigner, readOrNull } from '@zajil/log';
import { appendStatement } from '@zajil/roster';
import type { Random } from './box.ts';
import { dayOf } from './calendar.ts';
import { keysFile, readKeys, replaceKeys } from './folder.ts';
import { Keyring } from './keyring.ts';
import { checkNewPassphrase, isGenerated } from './passphrase.ts';
import { recipientId, recipientOfSeed } from './recipient.ts';
import { KeysError } from './refusal.ts';
import type { Cost } from './argon2.ts';
import { deskCost, makeLock, openFile, sealFile } from './sealed-file.ts';
import { type Secrets, parseSecrets } from './secrets.ts';

const systemRandom: Random = (bytes) => new Uint8Array(randomBytes(bytes));

export interface FoundingOptions {
  readonly folder: string;
  /** The name under which the newsroom publishes, at most 100 characters. */
  readonly name: string;
  /** What the member is called on this desk; never leaves it. */
  readonly member: string;
  readonly passphrase: string;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly random?: Random;
  /** Lower in tests only. */
  readonly cost?: Cost;
}

/** @throws KeysError `KEYS_EXISTS`, `KEYS_WEAK`, `KEYS_DISK` */
export async function foundNewsroom(options: FoundingOptions): Promise<Keyring> {
  const random = options.random ?? systemRandom;
  const nowMs = (options.now ?? Date.now)();
  if (await isFounded(options.folder))
    throw new KeysError(
      'KEYS_EXISTS',
      'There is a newsroom in this folder already. It was not touched. Unlock it, or choose an empty folder.',
    );
  checkNewPassphrase(options.passphrase);
  const generated = isGenerated(options.passphrase);
  const lock = await makeLock(options.passphrase, generated, options.cost ?? deskCost, random);
  const keyring = new Keyring({ folder: options.folder, lock, secrets: drawSecrets(options, random, dayOf(nowMs)), random });
  await keyring.renewIntake(nowMs);
  return keyring;
}

function drawSecrets(options: FoundingOptions, random: Random, day: string): Secrets {
  const tag = toHex(random(8));
  const device = { name: `zajil/device/${toHex(random(8))}`, seed: toHex(random(32)) };
  const log = { name: `zajil/log/${tag}`, seed: toHex(random(32)) };
  const hybrid = random(32);
  const deviceSigner = createSigner(device.name, Buffer.from(device.seed, 'hex'));
  const founding: Statement = {
    seq: 0,
    prev: '',
    day,
    kind: 'found',
    device: { vkey: deviceSigner.vkey, recipient: recipientId(recipientOfSeed(new Secret(hybrid))) },
    log: createSigner(log.name, Buffer.from(log.seed, 'hex')).vkey,
    quorum: 1,
    nonce: toHex(random(32)),
  };
  const names = { title: options.name, member: options.member };
  const empty = { intake: [], invitations: [], relays: [] };
  const roster = appendStatement('', founding, deviceSigner);
  return { v: 1, ...names, roster, doorsSeq: 0, device, deviceHybrid: toHex(hybrid), log, vaultKey: toHex(random(32)), ...empty };
}

/** @throws KeysError `KEYS_MISSING`, `KEYS_WRONG_PASSPHRASE`, `KEYS_MISTYPED`, and for every damaged file */
export async function unlock(options: { folder: string; passphrase: string; random?: Random }): Promise<Keyring> {
  const random = options.random ?? systemRandom;
  const { lock, content } = await openFile(await readKeys(options.folder), options.passphrase);
  const secrets = parseSecrets(content);
  content.fill(0);
  const keyring = new Keyring({ folder: options.folder, lock, secrets, random });
  await keyring.publish();
  return keyring;
}

/** Is there a newsroom in this folder? */
export async function isFounded(folder: string): Promise<boolean> {
  return (await readOrNull(join(folder, keysFile))) !== null;
}

/** Seals the keys under another passphrase. The old one opens nothing that is written from now on. */
export async function changePassphrase(options: { folder: string; from: string; to: string; random?: Random; cost?: Cost }): Promise<void> {
  const random = options.random ?? systemRandom;
  checkNewPassphrase(options.to);
  const { content } = await openFile(await readKeys(options.folder), options.from);
  const lock = await makeLock(options.to, isGenerated(options.to), options.cost ?? deskCost, random);
  await replaceKeys(options.folder, sealFile(lock, content, random));
  content.fill(0);
}
