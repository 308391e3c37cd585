import { link, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDoors, parseInvitation, formatInvitation, tokenHash, toHex } from '@zajil/format';
import { createSigner, verifyNote } from '@zajil/log';
import { chooseIntakeKey, verifyIntakeKey, verifyRoster } from '@zajil/roster';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { changePassphrase, foundNewsroom, isFounded, unlock } from './newsroom.ts';
import { makePassphrase } from './passphrase.ts';
import { KeysError } from './refusal.ts';

const cost = { memoryKib: 64, passes: 1, lanes: 1 };
const start = Date.parse('2026-11-20T10:00:00Z');
const dayMs = 86_400_000;
const passphrase = makePassphrase(new Uint8Array(10).fill(3));
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zajil-keys-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const found = (more: { passphrase?: string } = {}) =>
  foundNewsroom({ folder, name: 'Voice of the River', member: 'Nadia', passphrase, now: () => start, cost, ...more });
const text = async (...path: string[]) => readFile(join(folder, ...path), 'utf8');

describe('founding', () => {
  test('writes a roster that verifies, a key for each term, and doors with nobody in them', async () => {
    const keyring = await found();
    const roster = verifyRoster(await text('public', 'roster.txt'), keyring.newsroom);
    const day = chooseIntakeKey(roster, 'day', '2026-11-25');
    verifyIntakeKey(day, await readFile(join(folder, 'public', 'keys', `${day.id}.key`)));
    expect(day.destroyed).toBe('2026-12-09');
    expect(await readdir(join(folder, 'public', 'keys'))).toHaveLength(25);
    const doors = verifyNote(await text('public', 'doors.txt'), [keyring.device.vkey]);
    expect(parseDoors(doors.text)).toEqual({ newsroom: toHex(keyring.newsroom), seq: 0, tokens: [] });
    expect(roster.found.log).toBe(keyring.log.vkey);
  });

  test('is refused where a newsroom is, which stays as it was', async () => {
    await found();
    const before = await readFile(join(folder, 'keys.sealed'));
    await expect(found()).rejects.toMatchObject({ code: 'KEYS_EXISTS' });
    expect(await readFile(join(folder, 'keys.sealed'))).toEqual(before);
  });

  test('with a short passphrase leaves nothing', async () => {
    await expect(found({ passphrase: 'short' })).rejects.toMatchObject({ code: 'KEYS_WEAK' });
    expect(await isFounded(folder)).toBe(false);
  });

  test('says nothing of newsroom and member in the open', async () => {
    await found();
    for (const name of await readdir(folder, { recursive: true })) {
      const path = join(folder, name);
      if ((await stat(path)).isFile()) expect((await readFile(path)).toString('latin1')).not.toMatch(/River|Nadia/);
    }
  });
});

describe('unlocking', () => {
  test('gives the same keys back', async () => {
    const first = await found();
    const again = await unlock({ folder, passphrase: ` ${passphrase.toUpperCase()} ` });
    expect(again.device.vkey).toBe(first.device.vkey);
    expect(again.log.vkey).toBe(first.log.vkey);
    expect(again.title).toBe('Voice of the River');
    expect(again.intakeSeeds().map((key) => key.id)).toEqual(first.intakeSeeds().map((key) => key.id));
  });

  test('tells a mistyped passphrase, a wrong one, and no newsroom', async () => {
    await expect(unlock({ folder, passphrase })).rejects.toMatchObject({ code: 'KEYS_MISSING' });
    await found();
    await expect(unlock({ folder, passphrase: `${passphrase}x` })).rejects.toMatchObject({ code: 'KEYS_MISTYPED' });
    const other = makePassphrase(new Uint8Array(10).fill(4));
    await expect(unlock({ folder, passphrase: other })).rejects.toMatchObject({ code: 'KEYS_WRONG_PASSPHRASE' });
  });

  test('with an own passphrase takes it as it is', async () => {
    await found({ passphrase: 'Own Passphrase' });
    await expect(unlock({ folder, passphrase: 'own passphrase' })).rejects.toMatchObject({ code: 'KEYS_WRONG_PASSPHRASE' });
    expect((await unlock({ folder, passphrase: 'Own Passphrase' })).member).toBe('Nadia');
  });

  test('refuses the file altered in any region, cut anywhere, or grown', async () => {
    await found();
    const path = join(folder, 'keys.sealed');
    const file = await readFile(path);
    // Byte 8 and 9 are high bytes of the memory: they are refused by the limits before any work is done.
    for (let at = 0; at < file.length; at += at < 140 ? 1 : 997) {
      const altered = Buffer.from(file);
      altered.writeUInt8((file[at] ?? 0) ^ 0x80, at);
      await writeFile(path, altered);
      await expect(unlock({ folder, passphrase }), `byte ${at}`).rejects.toThrow(KeysError);
    }
    for (const length of [0, 3, 27, 59, 60, 100, 4096, file.length - 1]) {
      await writeFile(path, file.subarray(0, length));
      await expect(unlock({ folder, passphrase }), `length ${length}`).rejects.toThrow(KeysError);
    }
    await writeFile(path, Buffer.concat([file, Buffer.alloc(1)]));
    await expect(unlock({ folder, passphrase })).rejects.toThrow(KeysError);
  });

  test('writes the public files again, whatever became of them', async () => {
    await found();
    const roster = await text('public', 'roster.txt');
    await rm(join(folder, 'public'), { recursive: true });
    await unlock({ folder, passphrase });
    expect(await text('public', 'roster.txt')).toBe(roster);
    await writeFile(join(folder, 'public', 'roster.txt'), roster.slice(0, 700));
    await unlock({ folder, passphrase });
    expect(await text('public', 'roster.txt')).toBe(roster);
  });

  test('under another passphrase leaves the old one nothing', async () => {
    await found();
    await changePassphrase({ folder, from: passphrase, to: 'another passphrase', cost });
    expect((await unlock({ folder, passphrase: 'another passphrase' })).title).toBe('Voice of the River');
    await expect(unlock({ folder, passphrase })).rejects.toMatchObject({ code: 'KEYS_WRONG_PASSPHRASE' });
  });
});

describe('an invitation', () => {
  test('opens one more door, and is a URL that parses', async () => {
    const keyring = await found();
    const invitation = await keyring.addInvitation({ label: 'A friend', relays: ['http://127.0.0.1:8080'], plain: false, nowMs: start });
    expect(parseInvitation(formatInvitation(invitation)).newsroom).toEqual(keyring.newsroom);
    const doors = parseDoors(verifyNote(await text('public', 'doors.txt'), [keyring.device.vkey]).text);
    expect(doors).toMatchObject({ seq: 1, tokens: [tokenHash(invitation.token)] });
    await keyring.withdrawInvitation(toHex(invitation.token));
    expect(parseDoors(verifyNote(keyring.doors, [keyring.device.vkey]).text)).toMatchObject({ seq: 2, tokens: [] });
    const again = await unlock({ folder, passphrase });
    expect(again.relays).toEqual([{ base: 'http://127.0.0.1:8080', vkey: '' }]);
  });

  test('names a relay in the roster once', async () => {
    const keyring = await found();
    await keyring.addInvitation({ label: '', relays: ['http://127.0.0.1:8080'], plain: false, nowMs: start });
    const { vkey } = createSigner('relay.example/log', new Uint8Array(32));
    expect(await keyring.learnRelay('http://127.0.0.1:8080', vkey, start)).toBe(true);
    expect(await keyring.learnRelay('http://127.0.0.1:8080', vkey, start)).toBe(false);
    expect(verifyRoster(await text('public', 'roster.txt'), keyring.newsroom).relays).toEqual([vkey]);
  });
});

describe('changes that begin together', () => {
  const bases = ['http://127.0.0.1:8080', 'http://127.0.0.1:8081'];
  const vkeys = bases.map((_, i) => createSigner(`relay-${i}.example/log`, new Uint8Array(32).fill(i)).vkey);

  test('follow each other: no statement takes the place of another, and no key is forgotten', async () => {
    const keyring = await found();
    await keyring.addInvitation({ label: '', relays: bases, plain: false, nowMs: start });
    const later = start + 8 * dayMs;
    await Promise.all([
      keyring.renewIntake(later),
      ...bases.map((base, i) => keyring.learnRelay(base, vkeys[i] ?? '', later)),
      keyring.addInvitation({ label: 'another', relays: bases, plain: false, nowMs: later }),
    ]);
    const again = await unlock({ folder, passphrase });
    expect(again.roster).toMatchObject({ seq: 4, relays: vkeys });
    expect(again.invitations).toHaveLength(2);
    const held = new Set(again.intakeSeeds().map((key) => key.id));
    expect(again.roster.intake.filter((key) => !held.has(key.id))).toEqual([]);
  });
});

test('a clock that was put back hinders no statement', async () => {
  const keyring = await found();
  await keyring.addInvitation({ label: '', relays: ['http://127.0.0.1:8080'], plain: false, nowMs: start });
  const { vkey } = createSigner('relay.example/log', new Uint8Array(32));
  await keyring.learnRelay('http://127.0.0.1:8080', vkey, start - 3 * dayMs);
  expect(keyring.roster).toMatchObject({ day: '2026-11-20', relays: [vkey] });
});

test('a copy made by linking survives the next change', async () => {
  const keyring = await found();
  await link(join(folder, 'keys.sealed'), join(folder, 'copy'));
  const before = await readFile(join(folder, 'copy'));
  await keyring.addInvitation({ label: '', relays: ['http://127.0.0.1:8080'], plain: false, nowMs: start });
  expect(await readFile(join(folder, 'copy'))).toEqual(before);
});

describe('intake keys', () => {
  test('are renewed and destroyed in time, also from a desk that was away for a year', async () => {
    const keyring = await found();
    expect(await keyring.renewIntake(start + 5 * dayMs)).toEqual({ issued: 0, destroyed: 0 });
    expect((await keyring.renewIntake(start + 8 * dayMs)).issued).toBe(8);
    const gone = chooseIntakeKey(keyring.roster, 'day', '2026-11-20').id;
    expect(keyring.intakeSeeds().some((key) => key.id === gone)).toBe(true);
    const figures = await keyring.renewIntake(start + 15 * dayMs);
    expect(figures.destroyed).toBe(2);
    expect(keyring.intakeSeeds().some((key) => key.id === gone)).toBe(false);
    expect(await readdir(join(folder, 'public', 'keys'))).not.toContain(`${gone}.key`);
    await keyring.renewIntake(start + 365 * dayMs);
    const roster = verifyRoster(await text('public', 'roster.txt'), keyring.newsroom);
    expect(chooseIntakeKey(roster, 'day', '2027-11-25').scope).toBe('day');
    const again = await unlock({ folder, passphrase });
    expect(again.intakeSeeds().every((key) => key.destroyed > '2027-11-20')).toBe(true);
  });

  test('that were destroyed are in no file of the folder, also not under the passphrase', async () => {
    const keyring = await found();
    const ids = keyring.intakeSeeds().map((key) => key.id);
    await keyring.renewIntake(start + 400 * dayMs);
    const again = await unlock({ folder, passphrase });
    const left = new Set(again.intakeSeeds().map((key) => key.id));
    expect(ids.filter((id) => left.has(id))).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(['keys.sealed', 'public']);
  });
});

test('a locked keyring gives nothing any more', async () => {
  const keyring = await found();
  keyring.lock();
  expect(() => keyring.vaultKey()).toThrow(expect.objectContaining({ code: 'KEYS_LOCKED' }));
  await expect(keyring.renewIntake(start + 30 * dayMs)).rejects.toMatchObject({ code: 'KEYS_LOCKED' });
});
