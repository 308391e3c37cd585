/** `zajil press`: builds the public site from what was released. */
import type { Command } from '../command.ts';
import { jsonOption, outFor } from '../out.ts';
import { pressSite } from '../press-site.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const press: Command = {
  spec: {
    name: 'press',
    help: 'build the public site: pages, feeds, media, proofs',
    options: {
      ...newsroomOptions,
      out: { value: 'FOLDER', required: true, help: 'where it stands; an earlier one is replaced whole' },
      ...jsonOption,
    },
  },
  async run(args) {
    const folder = args.need('out');
    const pressed = await withNewsroom(args, (newsroom) => pressSite(newsroom, folder));
    outFor(args).fact({ event: 'pressed', ...pressed }, `${pressed.releases} releases, ${pressed.files} files`);
    return 0;
  },
};
