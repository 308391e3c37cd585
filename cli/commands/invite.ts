/** `zajil newsroom invite`: prints one invitation. */
import type { Command } from '../command.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const invite: Command = {
  spec: {
    name: 'newsroom invite',
    help: 'print one invitation URL',
    options: {
      ...newsroomOptions,
      relay: { value: 'URL', required: true, help: 'the relay through which the contact will send' },
      label: { value: 'L', help: 'what you call this invitation; never leaves this desk' },
      plain: { help: 'allow HTTP without TLS (closed networks and tests only)' },
    },
  },
  async run(args) {
    const { url, message } = await withNewsroom(args, (newsroom) =>
      newsroom.invite({ relay: args.need('relay'), label: args.text('label') ?? '', plain: args.flag('plain') }),
    );
    process.stdout.write(`${url}\n`);
    if (message) process.stderr.write(`${message}\n`);
    return 0;
  },
};
