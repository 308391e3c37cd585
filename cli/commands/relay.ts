/** `zajil relay`: serves until it is told to stop. */
import { startRelay } from '@zajil/relay';
import type { Command } from '../command.ts';
import { parseListen, untilStopped } from '../listen.ts';
import { builtPage } from '../places.ts';

export const relay: Command = {
  spec: {
    name: 'relay',
    help: 'serve a mailbox that knows nothing, until SIGTERM',
    options: {
      dir: { value: 'R', required: true, help: 'its folder; made when it is not there' },
      listen: { value: 'HOST:PORT', required: true, help: 'where to listen; port 0 takes any free one' },
      newsroom: { value: 'D', help: 'folder of the newsroom it serves; only D/public is read' },
      publish: { value: 'SECONDS', help: 'how often the log is published (900)' },
      quota: { value: 'BYTES', help: 'most bytes that it keeps' },
      'field-page': { value: 'FILE', help: 'the phone’s page, when not the one that was built here' },
    },
  },
  async run(args) {
    const { host, port } = parseListen(args.need('listen'));
    const newsroomFolder = args.text('newsroom');
    const fieldPage = args.text('field-page') ?? builtPage('field');
    const publishSeconds = args.number('publish', 1);
    const quotaBytes = args.number('quota', 1);
    const running = await startRelay({
      folder: args.need('dir'),
      host,
      port,
      ...(newsroomFolder !== undefined && { newsroomFolder }),
      ...(fieldPage !== undefined && { fieldPage }),
      ...(publishSeconds !== undefined && { publishSeconds }),
      ...(quotaBytes !== undefined && { quotaBytes }),
    });
    process.stdout.write(`${running.url}\n`);
    await untilStopped();
    await running.stop();
    return 0;
  },
};
