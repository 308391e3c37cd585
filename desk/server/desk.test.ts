import { expect, onTestFinished, test } from 'vitest';
import { founded, passphrase, startMs } from '../newsroom.rig.ts';
import { Desk } from './desk.ts';

test('nobody is let in by a passphrase that was not tried, since the desk was opened meanwhile', async () => {
  const desk = new Desk({ folder: await founded(), suggestedRelay: '', press: null, now: () => startMs });
  onTestFinished(async () => desk.lock());
  await desk.unlock(passphrase);
  await expect(desk.unlock('a guess')).rejects.toMatchObject({ code: 'DESK_STATE' });
});
