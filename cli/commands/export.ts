/** `zajil export`: hands an exhibit's originals on, bit for bit, with their proofs. */
import type { Command } from '../command.ts';
import { jsonOption, outFor, showBytes } from '../out.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const exportExhibit: Command = {
  spec: {
    name: 'export',
    help: 'write an exhibit’s originals, bit for bit, with their proofs, into a new folder',
    options: {
      ...newsroomOptions,
      exhibit: { value: 'ID', required: true, help: 'as `zajil exhibits` shows it' },
      out: { value: 'FOLDER', required: true, help: 'a folder that does not exist yet' },
      ...jsonOption,
    },
  },
  async run(args) {
    const out = outFor(args);
    const written = await withNewsroom(args, (newsroom) => newsroom.export({ exhibit: args.need('exhibit'), out: args.need('out') }));
    for (const one of written.originals)
      out.fact({ event: 'original', ...one }, `${one.file}  ${showBytes(one.bytes)}\n  SHA-256 ${one.sha256}`);
    out.fact({ event: 'exported', files: written.files, bytes: written.bytes }, `${written.files} files, ${showBytes(written.bytes)}`);
    return 0;
  },
};
