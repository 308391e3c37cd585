import { concatBytes } from '@zajil/format';
import { afterEach, describe, expect, test } from 'vitest';
import { forwardCards } from './card-forward.ts';
import { planCard } from './card-plan.ts';
import { blobSource } from './card-source.ts';
import { CardSpool } from './card-spool.ts';
import { cardBytes } from './card-writer.ts';
import { closeRelays, dispatch, options, spoolWith, startRelay } from './test-sender.ts';

afterEach(closeRelays);

async function card(): Promise<Blob> {
  const spool = await spoolWith(dispatch(), 1);
  const chunks: Uint8Array[] = [];
  for (const file of planCard(await spool.list(), { fillBytes: 1e9 }).files)
    for await (const chunk of cardBytes(file, spool)) chunks.push(chunk);
  return new Blob([new Uint8Array(concatBytes(...chunks))]);
}

function optionsFor(base: string) {
  const { invitation, roster, random, timeoutMs, pollMs } = options({} as never, [base]);
  return { invitation, roster, random, fetch, ...(timeoutMs && { timeoutMs }), ...(pollMs && { pollMs }) };
}

describe('a courier', () => {
  test('carries a card on in its order, without any dispatch of its own', async () => {
    const { relay, base } = await startRelay();
    const cards = await CardSpool.open([blobSource(await card())]);
    const end = await forwardCards(cards, optionsFor(base));
    expect(end).toMatchObject({ state: 'done', bytesWaiting: 0, dispatches: [] });
    expect(cards.taken).toBe(7);
    expect(relay.taken.slice(0, 3)).toEqual(
      dispatch()
        .toReversed()
        .slice(0, 3)
        .map(({ note }) => note.name),
    );
    expect(relay.repeated).toBe(0);
  });

  test('asks before sending: what the same card already brought does not travel again', async () => {
    const { relay, base } = await startRelay();
    const file = await card();
    await forwardCards(await CardSpool.open([blobSource(file)]), optionsFor(base));
    const bags = relay.bags;
    const again = await CardSpool.open([blobSource(file), blobSource(file)]);
    const end = await forwardCards(again, optionsFor(base));
    expect(end.state).toBe('done');
    expect(again.taken).toBe(7);
    expect([relay.bags, relay.repeated]).toEqual([bags, 0]);
  });
});
