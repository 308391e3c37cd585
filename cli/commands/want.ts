/** `zajil want`: asks the phone for parts of a file first, or for no more of it. `docs/protocol.md` section "Wants". */
import { type Ask, mostWantDays, openNewsroom } from '@zajil/desk';
import { toTheEnd } from '@zajil/format';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { jsonOption, outFor } from '../out.ts';
import { passphraseOption, readPassphrase } from '../passphrase.ts';
import { CliError } from '../refusal.ts';

const usualDays = 14;

export const want: Command = {
  spec: {
    name: 'want',
    help: 'ask the phone for parts of a file first, or for no more of it; with neither, take that back',
    words: { name: 'EXHIBIT', least: 1 },
    options: {
      newsroom: { value: 'D', required: true, help: 'the newsroom’s folder' },
      file: { value: 'N', help: 'which file, from 1, as `zajil exhibits` shows it; 1 when not said' },
      layer: { value: 'L', oneOf: ['whole', 'cut'], help: 'the original (when not said), or its low cut' },
      first: { value: 'FROM-TO', help: 'these parts before the others, counted from 1: 3-5, or 8- to the end, or 8-,3-5' },
      enough: { help: 'send no more of it for now; with --first: nothing but those parts' },
      for: { value: 'DAYS', help: `after so many days the phone goes on by itself; ${usualDays} when not said, ${mostWantDays} at most` },
      ...passphraseOption,
      ...jsonOption,
    },
  },
  async run(args) {
    const [exhibit = '', ...more] = args.words;
    if (more.length > 0) throw new CliError('CLI_USAGE', 'One exhibit at a time');
    const layer = args.text('layer') === 'cut' ? 'cut' : 'whole';
    const file = wholeNumber(args, 'file', 1) - 1;
    const asks = asksOf(args);
    const days = wholeNumber(args, 'for', usualDays);
    const newsroom = await openNewsroom({ folder: args.need('newsroom'), passphrase: await readPassphrase(args) });
    try {
      const told = await newsroom.want({ exhibit, layer, file, asks, days });
      outFor(args).fact({ event: 'wanted', exhibit, layer, file, asks, days, ...told }, sentence(asks, days, told));
    } finally {
      await newsroom.lock();
    }
    return 0;
  },
};

function sentence(asks: readonly Ask[], days: number, { took, of }: { took: number; of: number }): string {
  const what = asks.length > 0 ? `Asked, for ${days} days.` : 'Taken back.';
  const later = took < of ? ' The others are told at the next collect.' : '';
  return `${what} ${took} of ${of} relays were told; the phone hears it when it next has a line.${later}`;
}

function asksOf(args: Arguments): Ask[] {
  const first = (args.text('first')?.split(',') ?? []).map(rangeOf);
  return args.flag('enough') ? [...first, { action: 'enough' }] : first;
}

/** @throws CliError `CLI_USAGE` */
function rangeOf(text: string): Ask {
  const [, begins, dash, ends] = /^(\d{1,7})(-?)(\d{0,7})$/.exec(text) ?? [];
  const from = Number(begins) - 1;
  const to = dash === '' ? from : ends === '' ? toTheEnd : Number(ends) - 1;
  if (!(from >= 0 && to >= from)) throw new CliError('CLI_USAGE', '--first wants parts as 3-5, 4 or 8-, counted from 1');
  return { action: 'first', from, to };
}

/** @throws CliError `CLI_USAGE` */
function wholeNumber(args: Arguments, name: string, usual: number): number {
  const value = args.number(name, 1) ?? usual;
  if (!Number.isInteger(value)) throw new CliError('CLI_USAGE', `--${name} wants a whole number`);
  return value;
}
