/** `zajil bag out`: what waits in a state folder onto a memory card, the most telling first. `docs/protocol.md` section "Courier's file". */
import { access, statfs } from 'node:fs/promises';
import { quarterOf } from '@zajil/format';
import {
  type CardPlan,
  type CardShare,
  FolderSpool,
  askAboutCards,
  listDispatches,
  mostSharing,
  noteOnCard,
  planCard,
  wantsInForce,
} from '@zajil/line';
import { FolderLock } from '@zajil/log';
import type { Arguments } from '../arguments.ts';
import { CardFolder } from '../carrying/card-folder.ts';
import { readSize } from '../carrying/size.ts';
import type { Command } from '../command.ts';
import { jsonOption, type Out, outFor, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';

/** A card is filled by clusters and keeps a table; one that is full to the last byte is slow and breaks more easily. */
const keptFreeBytes = 1024 * 1024;
const tellEveryMs = 1000;

export const bagOut: Command = {
  spec: {
    name: 'bag out',
    help: 'write what waits in a state folder onto a memory card, most telling first; it stays here until it is taken',
    options: {
      state: { value: 'S', required: true, help: 'the state folder of `zajil send`' },
      to: { value: 'FOLDER', required: true, help: 'a folder on the card' },
      fill: { value: 'SIZE', help: 'at most so much, such as 500MB or 2GB; otherwise as much as there is room for' },
      share: { value: 'I/N', help: 'card I of N that one card cannot replace: any two of them add most' },
      ...jsonOption,
    },
  },
  async run(args) {
    const share = readShare(args.text('share'));
    const fill = readSize(args.text('fill'));
    const state = args.need('state');
    await access(state);
    const lock = FolderLock.take(state);
    if (!lock)
      throw new CliError(
        'CLI_STATE_IN_USE',
        'Another zajil works on this state folder. Nothing was changed; wait for it to end and run this again',
      );
    try {
      return await writeCard(await FolderSpool.open(state), args, { fill, share });
    } finally {
      lock.release();
    }
  },
};

function readShare(text: string | undefined): CardShare | undefined {
  if (text === undefined) return undefined;
  const [, number = 0, of = 0] = (/^(\d{1,2})\/(\d{1,2})$/.exec(text) ?? []).map(Number);
  if (number >= 1 && number <= of && of <= mostSharing) return { number, of };
  throw new CliError('CLI_USAGE', `--share wants a card and how many there are, such as 1/3; at most ${mostSharing} cards`);
}

async function writeCard(
  spool: FolderSpool,
  args: Arguments,
  { fill = Infinity, share }: { fill: number | undefined; share: CardShare | undefined },
): Promise<number> {
  const out = outFor(args);
  const to = args.need('to');
  const waiting = (await spool.list()).filter(({ carried }) => carried === null);
  if (waiting.length === 0) {
    out.fact({ event: 'card', files: [], bytes: 0, parcels: 0, pieces: 0, piecesLeft: 0 }, 'Nothing waits here: no card was written.');
    return 0;
  }
  const folder = await CardFolder.open(to);
  const { bavail, bsize } = await statfs(to);
  const room = bavail * bsize - keptFreeBytes;
  const wants = wantsInForce(await listDispatches(spool), quarterOf(Date.now()));
  const plan = planCard(waiting, { fillBytes: Math.min(fill, room), wants, ...(share && { share }) });
  if (plan.files.length === 0)
    throw new CliError(
      'CLI_DISK_FULL',
      'There is no room for anything on this card. Nothing was written, and what waits here still waits; make room, or take another card',
    );
  const names: string[] = [];
  const teller = tellerOf(out, plan);
  for (const file of plan.files) names.push(await folder.write(file, spool, teller));
  const carried = new Set(plan.files.flatMap(({ entries }) => entries.map(({ name }) => name)));
  await noteOnCard(spool, [...carried]);
  await askAboutCards(spool);
  return tellEnd(out, plan, names);
}

function tellerOf(out: Out, plan: CardPlan): (bytes: number) => void {
  let done = 0;
  let toldAt = Date.now();
  return (bytes) => {
    done += bytes;
    if (Date.now() < toldAt + tellEveryMs) return;
    toldAt = Date.now();
    out.progress({ event: 'writing', bytes: done, of: plan.bytes }, `${showBytes(done)} of ${showBytes(plan.bytes)} written`);
  };
}

function tellEnd(out: Out, plan: CardPlan, files: readonly string[]): number {
  const { bytes, parcels, pieces, piecesLeft } = plan;
  const left = piecesLeft > 0 ? `; ${showBytes(piecesLeft * 4096)} found no room` : '';
  out.fact(
    { event: 'card', files, bytes, parcels, pieces, piecesLeft },
    `${files.join(', ')}: ${showBytes(bytes)}${left}. All of it stays here too, until a relay has it.`,
  );
  return 0;
}
