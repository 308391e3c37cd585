/** Opens the newsroom of a command for as long as its work takes. */
import { type Newsroom, openNewsroom } from '@zajil/desk';
import type { Arguments, OptionSpec } from './arguments.ts';
import { passphraseOption, readPassphrase } from './passphrase.ts';

export const newsroomOptions: Readonly<Record<string, OptionSpec>> = {
  dir: { value: 'D', required: true, help: 'the newsroom’s folder' },
  ...passphraseOption,
};

export async function withNewsroom<T>(args: Arguments, work: (newsroom: Newsroom) => Promise<T> | T): Promise<T> {
  const newsroom = await openNewsroom({ folder: args.need('dir'), passphrase: await readPassphrase(args) });
  try {
    return await work(newsroom);
  } finally {
    await newsroom.lock();
  }
}
