import { afterEach, expect, test } from 'vitest';
import { askAboutCards, noteOnCard } from './card-ask.ts';
import { runSender } from './sender.ts';
import { closeRelays, dispatch, options, spoolWith, startRelay } from './test-sender.ts';

afterEach(closeRelays);

test('what came by hand is asked about, and not a piece of it is sent again', async () => {
  const { relay, base } = await startRelay();
  // Somebody else brought everything.
  await runSender(options(await spoolWith(dispatch(), 1), [base]));
  const bags = relay.bags;
  const spool = await spoolWith(dispatch(), 1);
  await noteOnCard(
    spool,
    dispatch().map(({ note }) => note.name),
  );
  await askAboutCards(spool, [base]);
  expect((await runSender(options(spool, [base]))).state).toBe('done');
  expect([relay.bags, relay.repeated]).toEqual([bags, 0]);
});

test('a relay that was used before is asked without being named, and nothing is forgotten of it', async () => {
  const { relay, base } = await startRelay();
  const [first, ...rest] = dispatch();
  if (!first) throw new Error('a dispatch has parcels');
  const spool = await spoolWith([first], 1);
  await runSender(options(spool, [base]));
  await runSender(options(await spoolWith(rest, 1), [base]));
  const bags = relay.bags;
  for (const { note, head, bytes } of rest) await spool.put(note, head, bytes);
  await noteOnCard(
    spool,
    rest.map(({ note }) => note.name),
  );
  await askAboutCards(spool);
  await runSender(options(spool, [base]));
  expect([relay.bags, relay.repeated]).toEqual([bags, 0]);
});

test('nothing on cards: nothing is noted', async () => {
  const spool = await spoolWith([]);
  await askAboutCards(spool, ['http://127.0.0.1:1']);
  await noteOnCard(spool, []);
  expect(await spool.getNote('relays')).toBeNull();
});
