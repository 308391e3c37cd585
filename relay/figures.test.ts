import { expect, test } from 'vitest';
import { TestParcel, bag, startRig, upload } from './rig.ts';

test('the sums tell distinct bytes from what came and was not needed', async () => {
  const { relay, token, restart } = await startRig();
  const [a, b] = [new TestParcel(16), new TestParcel(16)];
  await upload(relay, token, bag(a.frames([0, 1])));
  expect(relay.figures()).toEqual({ pieceBytes: 8192, surplusBytes: 0 });
  await upload(relay, token, bag(a.frames([1, 2, 2])));
  expect(relay.figures()).toEqual({ pieceBytes: 12_288, surplusBytes: 8192 });
  await upload(relay, token, bag(a.frames([3]), b.frames([0])));
  expect(relay.figures()).toEqual({ pieceBytes: 20_480, surplusBytes: 8192 });
  await upload(relay, token, bag(a.frames([0])));
  expect(relay.figures()).toEqual({ pieceBytes: 20_480, surplusBytes: 12_288 });
  // What lies in the staging folder is read, and counted, when somebody asks for it.
  const again = await restart();
  await upload(again, token, bag(b.frames([0, 1])));
  expect(again.figures()).toEqual({ pieceBytes: 24_576, surplusBytes: 4096 });
});
