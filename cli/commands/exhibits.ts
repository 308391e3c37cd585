/** `zajil exhibits`: what the newsroom holds. */
import type { ExhibitSummary } from '@zajil/desk';
import type { Command } from '../command.ts';
import { jsonOption, outFor, showBytes } from '../out.ts';
import { newsroomOptions, withNewsroom } from '../with-newsroom.ts';

export const exhibits: Command = {
  spec: {
    name: 'exhibits',
    help: 'list what is held: words, layers, originals with SHA-256',
    options: { ...newsroomOptions, ...jsonOption },
  },
  async run(args) {
    const out = outFor(args);
    const held = await withNewsroom(args, (newsroom) => newsroom.exhibits());
    for (const exhibit of held) out.fact(fieldsOf(exhibit), linesOf(exhibit));
    if (held.length === 0) out.progress({ event: 'none' }, 'Nothing is held yet.');
    return 0;
  },
};

function fieldsOf(exhibit: ExhibitSummary): Record<string, unknown> {
  const { id, arrived, words, releases } = exhibit;
  const layers = [
    ...(words ? ['words'] : []),
    ...new Set(exhibit.files.flatMap((file) => file.layers.filter(({ bytes }) => bytes > 0).map(({ layer }) => layer))),
  ];
  const files = exhibit.files.map((file) => ({
    file: file.file,
    name: file.name,
    kind: file.kind,
    type: file.type,
    bytes: file.bytes,
    sha256: file.sha256,
    complete: file.whole === 'complete',
    whole: file.whole,
    missing: file.missing,
    committed: file.committed,
    layers: file.layers.map(({ layer, view, type, bytes, complete }) => ({ layer, view, type, bytes, complete })),
  }));
  return {
    event: 'exhibit',
    id,
    arrived: new Date(arrived * 900_000).toISOString(),
    words: words?.text ?? null,
    place: words?.place ?? null,
    written: words?.written ?? null,
    layers,
    files,
    releases,
  };
}

function linesOf(exhibit: ExhibitSummary): string {
  const files = exhibit.files.map(
    (file) =>
      `  file ${file.file + 1}: ${file.kind}, ${showBytes(file.bytes)}, ${file.whole}${file.sha256 && `\n    SHA-256 ${file.sha256}`}`,
  );
  return [`${exhibit.id}  ${exhibit.words?.text ?? '(the words are on their way)'}`, ...files].join('\n');
}
