/**
 * `zajil bag forward`: a courier carries files on that somebody handed over, by an invitation of their own. Nothing is
 * opened, nothing is copied, nothing is written down. `docs/protocol.md` section "Courier's file".
 */
import { hash } from 'node:crypto';
import {
  type CardFile,
  CardSpool,
  DialledWire,
  type CardFound,
  LineError,
  MemorySpool,
  type Snapshot,
  fetchNewsroom,
  forwardCards,
  openCardFile,
} from '@zajil/line';
import type { Arguments } from '../arguments.ts';
import { readInvitation } from '../carrying/invitation.ts';
import type { Command } from '../command.ts';
import { jsonOption, type Out, outFor, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';
import { Patience } from '../sending/patience.ts';

const tellEveryMs = 1000;
const pieceBytes = 4096;

export const bagForward: Command = {
  spec: {
    name: 'bag forward',
    help: 'carry files from memory cards on to a relay, without being able to open them',
    words: { name: 'FILE', least: 1 },
    options: {
      invite: { value: 'URL|FILE', required: true, help: 'your own invitation, or a file that holds it' },
      until: { value: 'U', oneOf: ['taken'], help: 'taken: the relay promised to hold it' },
      timeout: { value: 'SECONDS', help: 'give up waiting after this; the cards stay as they are' },
      ...jsonOption,
    },
  },
  async run(args) {
    const invitation = await readInvitation(args.need('invite'));
    const files: CardFile[] = [];
    try {
      for (const path of args.words) files.push(await openCardFile(path));
      return await forward(args, invitation, files);
    } catch (error) {
      // Of a card nothing is ever stored here: what cannot be read is the card.
      if (error instanceof LineError && error.code === 'LINE_STORAGE') throw gone(error);
      throw error;
    } finally {
      await Promise.all(files.map((file) => file.close()));
    }
  },
};

function gone(cause: unknown): CliError {
  return new CliError(
    'CLI_CARD_GONE',
    'The card can no longer be read. What was taken stays taken; put it in again and run this again',
    cause,
  );
}

async function forward(
  args: Arguments,
  invitation: Awaited<ReturnType<typeof readInvitation>>,
  files: readonly CardFile[],
): Promise<number> {
  const out = outFor(args);
  const seconds = args.number('timeout');
  const deadline = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
  const cards = await CardSpool.open(files, { sha256, onProgress: tellerOf(out, 'reading', 'read') });
  tellFound(out, cards.found);
  const relay = (input: Parameters<typeof fetch>[0], init?: RequestInit) => fetch(input, init);
  const { roster } = await new Patience(deadline, out).wait(() => fetchNewsroom({ invitation, fetch: relay, notes: new MemorySpool() }));
  const tell = tellerOf(out, 'going', 'carried');
  const all = cards.found.pieces * pieceBytes;
  const snapshot = await forwardCards(cards, {
    invitation,
    roster,
    fetch: relay,
    wire: (base) => new DialledWire(base),
    random: Math.random,
    onProgress: ({ bytesWaiting }) => tell(Math.max(0, all - bytesWaiting), all),
    onTrouble: (error) => out.progress({ event: 'trouble', code: error.code }, error.message),
    pollMs: { first: 500, most: 15_000 },
    ...(deadline < Infinity && { timeoutMs: Math.max(1, deadline - Date.now()) }),
  });
  return finish(out, cards, snapshot, Date.now() >= deadline);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function tellerOf(out: Out, event: string, done: string): (bytes: number, of: number) => void {
  let toldAt = Date.now();
  return (bytes, of) => {
    if (Date.now() < toldAt + tellEveryMs) return;
    toldAt = Date.now();
    out.progress({ event, bytes, of }, `${showBytes(bytes)} of ${showBytes(of)} ${done}`);
  };
}

function tellFound(out: Out, found: CardFound): void {
  const { parcels, whole, pieces, damaged } = found;
  if (parcels === 0) {
    throw new CliError(
      'CLI_NO_BAG',
      'Nothing in these files can be carried on. Nothing was sent; ask for the card again, or take the file that Zajil wrote',
    );
  }
  const parts = parcels > whole ? `, ${parcels - whole} in part` : '';
  const lost = damaged > 0 ? `; ${showBytes(damaged * pieceBytes)} are damaged and are left out` : '';
  out.fact({ event: 'found', ...found }, `${whole} parcels${parts}, ${showBytes(pieces * pieceBytes)}${lost}`);
}

function finish(out: Out, cards: CardSpool, snapshot: Snapshot, isLate: boolean): number {
  const { whole, parcels } = cards.found;
  const fields = { taken: cards.taken, whole, parcels, bytesSent: snapshot.bytesSent, bytesWaiting: snapshot.bytesWaiting };
  if (cards.taken >= whole && !isLate) {
    const rest = parcels > cards.taken ? `; of ${parcels - cards.taken} more the pieces that were here` : '';
    out.fact({ event: 'done', ...fields }, `taken: ${cards.taken} parcels${rest} (${showBytes(snapshot.bytesSent)} sent)`);
    return 0;
  }
  out.progress({ event: 'waiting', ...fields }, `${showBytes(snapshot.bytesWaiting)} still wait.`);
  throw new CliError(
    'CLI_TIMEOUT',
    'Not everything was taken so far. The cards hold it still; run the same command again and it goes on',
    snapshot.trouble ?? undefined,
  );
}
