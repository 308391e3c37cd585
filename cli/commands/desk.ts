/** `zajil desk`: the newsroom's screen, on this machine only, until it is told to stop. */
import { startDesk } from '@zajil/desk';
import type { Command } from '../command.ts';
import { parseListen, untilStopped } from '../listen.ts';
import { passphraseOption, readPassphrase } from '../passphrase.ts';
import { builtPage } from '../places.ts';
import { pressSite } from '../press-site.ts';

export const desk: Command = {
  spec: {
    name: 'desk',
    help: 'serve the newsroom’s screen on this machine, until SIGTERM',
    options: {
      dir: { value: 'D', required: true, help: 'the newsroom’s folder; the screen founds one where there is none' },
      listen: { value: '127.0.0.1:PORT', required: true, help: 'a loopback address; port 0 takes any free one' },
      relay: { value: 'URL', help: 'the relay that the form of a new invitation begins with' },
      site: { value: 'FOLDER', help: 'where the public site is built' },
      ...passphraseOption,
    },
  },
  async run(args) {
    const { host, port } = parseListen(args.need('listen'));
    const given = args.text('passphrase-file') !== undefined || process.env['ZAJIL_PASSPHRASE_FILE'] !== undefined;
    const relay = args.text('relay');
    const site = args.text('site');
    const ui = builtPage('desk/ui');
    const running = await startDesk({
      folder: args.need('dir'),
      host,
      port,
      ...(given && { passphrase: await readPassphrase(args) }),
      ...(relay !== undefined && { relay }),
      ...(site !== undefined && { press: (newsroom) => pressSite(newsroom, site) }),
      ...(ui !== undefined && { ui }),
    });
    process.stdout.write(`${running.url}\n`);
    await untilStopped();
    await running.stop();
    return 0;
  },
};
