/** `zajil release`: makes new media without metadata out of an exhibit, and signs what the newsroom says. */
import { readFile } from 'node:fs/promises';
import { mediaChoices, type MediaChoice, releaseLanguages, type ReleaseLanguage } from '@zajil/format';
import type { Command } from '../command.ts';
import { jsonOption, outFor, showBytes } from '../out.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const release: Command = {
  spec: {
    name: 'release',
    help: 'release an exhibit: new media without metadata, signed words',
    options: {
      ...newsroomOptions,
      exhibit: { value: 'ID', required: true, help: 'as `zajil exhibits` shows it' },
      title: { value: 'T', required: true, help: 'the headline' },
      lang: { value: 'L', oneOf: releaseLanguages, help: 'language of headline and text (ar)' },
      media: { value: 'M', oneOf: mediaChoices, help: 'made from the original, the short cut, or one picture (full)' },
      'body-file': { value: 'F', help: 'file with the text' },
      ...jsonOption,
    },
  },
  async run(args) {
    const out = outFor(args);
    const bodyFile = args.text('body-file');
    const body = bodyFile === undefined ? '' : (await readFile(bodyFile, 'utf8')).trim();
    const made = await withNewsroom(args, async (newsroom) => {
      const language = (args.text('lang') ?? 'ar') as ReleaseLanguage;
      const media = (args.text('media') ?? 'full') as MediaChoice;
      const id = await newsroom.release({ exhibit: args.need('exhibit'), title: args.need('title'), language, media, body });
      return newsroom.releases().find((one) => one.id === id) ?? { id, media: [] };
    });
    out.fact(
      { event: 'released', ...made },
      `released ${made.id}: ${made.media.map(({ type, bytes }) => `${type} ${showBytes(bytes)}`).join(', ')}`,
    );
    return 0;
  },
};
