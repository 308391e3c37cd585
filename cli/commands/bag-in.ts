/** `zajil bag in`: reads memory cards into the newsroom, whole or damaged, and lets relays and phones know. */
import { stat } from 'node:fs/promises';
import { type CardFigures, type CardsTaken, type CollectFigures, type Newsroom, cardChunks, openNewsroom } from '@zajil/desk';
import { LineError } from '@zajil/line';
import type { Command } from '../command.ts';
import { type Out, jsonOption, outFor, showBytes } from '../out.ts';
import { passphraseOption, readPassphrase } from '../passphrase.ts';
import { CliError } from '../refusal.ts';

export const bagIn: Command = {
  spec: {
    name: 'bag in',
    help: 'take what couriers’ cards hold: pieces add up with other cards and with relays',
    words: { name: 'FILE', least: 1 },
    options: {
      newsroom: { value: 'D', required: true, help: 'the newsroom’s folder' },
      'no-push': { help: 'leave the relays out: nothing is fetched, handed on or acknowledged now' },
      ...passphraseOption,
      ...jsonOption,
    },
  },
  async run(args) {
    for (const path of args.words) await mustBeThere(path);
    const out = outFor(args);
    const newsroom = await openNewsroom({ folder: args.need('newsroom'), passphrase: await readPassphrase(args) });
    try {
      const isBag = await takeCards(newsroom, args.words, out);
      if (!args.flag('no-push')) tellCollected(await newsroom.collect(), out);
      if (!isBag)
        throw new CliError(
          'CLI_NO_BAG',
          'There was nothing of a bag in what was named. Nothing was changed; check which file the courier brought',
        );
      return 0;
    } finally {
      await newsroom.lock();
    }
  },
};

/** Before the passphrase is asked for. @throws CliError `CLI_FILE_GONE` */
async function mustBeThere(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found?.isFile())
    throw new CliError('CLI_FILE_GONE', 'A file that was named is not there, or is none. Nothing was changed; check the name and the card');
}

/** Was there a piece of anything in one of them? */
async function takeCards(newsroom: Newsroom, paths: readonly string[], out: Out): Promise<boolean> {
  const taken = await newsroom.takeCards(paths.map((path) => () => cardChunks(path))).catch((error: unknown) => {
    throw error instanceof LineError && error.code === 'LINE_STORAGE' ? gone(error) : error;
  });
  for (const [i, card] of taken.cards.entries()) {
    const { orphanRuns: _, ...figures } = card;
    out.fact({ event: 'card', card: i + 1, ...figures }, cardLine(i + 1, card));
  }
  const { cards: _, ...sums } = taken;
  out.fact({ event: 'taken', ...sums }, takenLine(taken));
  return taken.cards.some((card) => card.isBag || card.fresh + card.known > 0);
}

/** Here nothing but the card is read through the line's eyes. */
function gone(cause: LineError): CliError {
  return new CliError(
    'CLI_CARD_GONE',
    'A card can no longer be read. What it gave before is in the newsroom; put it in again and run this again',
    cause,
  );
}

function cardLine(number: number, card: CardFigures): string {
  if (!card.isBag && card.fresh + card.known === 0) return `File ${number}: no bag (${showBytes(card.bytes)})`;
  const rest = [
    card.damaged > 0 ? `${card.damaged} damaged` : '',
    card.orphans > 0 ? `${card.orphans} of parcels whose head another card or a relay has to bring` : '',
  ].filter(Boolean);
  const pieces = [`${card.fresh} new`, `${card.known} known`, ...rest].join(', ');
  return `File ${number}: pieces: ${pieces}; ${card.whole} parcels whole`;
}

function takenLine({ filed, filedBytes, completed, foreign, refused, exhibits }: CardsTaken): string {
  const rest = [refused > 0 ? `${refused} refused` : '', foreign > 0 ? `${foreign} not for this newsroom` : ''].filter(Boolean);
  const touched = exhibits.length > 0 ? `exhibits: ${exhibits.join(' ')}` : 'no exhibit touched';
  return [`${filed} parcels filed (${showBytes(filedBytes)})`, `${completed} originals complete`, ...rest, touched].join(', ');
}

function tellCollected(figures: CollectFigures, out: Out): void {
  for (const { base, state, message } of figures.relays) if (message) out.progress({ event: 'relay', base, state, message }, message);
  const { united, handed, completed, acknowledged } = figures;
  out.fact(
    { event: 'collected', ...figures },
    `With the relays: ${united} more parcels whole, ${completed} originals complete, ${handed} pieces handed on, ${acknowledged} acknowledgements left`,
  );
}
