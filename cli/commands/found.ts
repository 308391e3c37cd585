/** `zajil newsroom found`: makes a newsroom in a folder. */
import { randomBytes } from 'node:crypto';
import { toHex } from '@zajil/format';
import { foundNewsroom, makePassphrase, passphraseEntropyBytes } from '@zajil/keys';
import type { Command } from '../command.ts';
import { jsonOption, outFor } from '../out.ts';
import { choosePassphrase, passphraseOption } from '../passphrase.ts';

export const found: Command = {
  spec: {
    name: 'newsroom found',
    help: 'found a newsroom in a folder',
    options: {
      dir: { value: 'D', required: true, help: 'its folder; it must hold no newsroom yet' },
      name: { value: 'N', required: true, help: 'the name under which it publishes' },
      member: { value: 'M', help: 'what you are called on this desk; never leaves it' },
      ...passphraseOption,
      ...jsonOption,
    },
  },
  async run(args) {
    const passphrase = await choosePassphrase(args, () => makePassphrase(new Uint8Array(randomBytes(passphraseEntropyBytes))));
    const keyring = await foundNewsroom({
      folder: args.need('dir'),
      name: args.need('name'),
      member: args.text('member') ?? '',
      passphrase,
    });
    const name = toHex(keyring.newsroom);
    outFor(args).fact({ event: 'founded', newsroom: name }, `Founded. The newsroom’s name: ${name}`);
    return 0;
  },
};
