/** One file of a dispatch: what of it is here, and a viewer that plays a sealed video by ranges. */
import type { ExhibitFile, ExhibitSummary, LayerHeld } from '../../api.ts';
import { mediaPath } from '../client.ts';
import { say, sizeText } from '../words/language.ts';
import { Picture } from './picture.tsx';
import { Player } from './player.tsx';
import { layerName, Segments } from './segments.tsx';

export function FileView({ exhibit, file }: { exhibit: ExhibitSummary; file: ExhibitFile }) {
  const glances = file.layers.filter(({ layer, bytes }) => layer === 'glance' && bytes > 0).toSorted((a, b) => a.view - b.view);
  const larger = (['cut', 'whole'] as const).flatMap((name) => file.layers.filter(({ layer, bytes }) => layer === name && bytes > 0));
  return (
    <section class="file" data-testid="file" data-file={file.file} data-whole={file.whole} aria-labelledby={`file-${file.file}`}>
      <h2 id={`file-${file.file}`}>
        {say.value.file(file.file + 1)}{' '}
        <small>
          {say.value.kinds[file.kind]}
          {file.bytes > 0 && (
            <>
              {' '}
              · <bdi>{sizeText(file.bytes)}</bdi>
            </>
          )}
          {file.name && (
            <>
              {' '}
              · <bdi class="name">{file.name}</bdi>
            </>
          )}
        </small>
      </h2>
      <Segments exhibit={exhibit} file={file} named />
      <p class={`original ${file.whole}`}>
        {say.value.wholes[file.whole]}
        {file.committed && ` ${say.value.committed(file.committed)}`}
      </p>
      {file.sha256 && (
        <p class="hash">
          SHA-256 <bdi dir="ltr">{file.sha256}</bdi>
        </p>
      )}
      <div class="views">
        {glances.map(({ view }) => (
          <Picture
            key={view}
            address={mediaPath(exhibit.id, file.file, 'glance', view)}
            what={view === 0 ? say.value.layers.glance : say.value.sheet}
          />
        ))}
        {larger.map((held) => (
          <Larger key={held.layer} exhibit={exhibit} file={file} held={held} />
        ))}
      </div>
    </section>
  );
}

/** The short cut or the whole, by what it is. */
function Larger({ exhibit, file, held }: { exhibit: ExhibitSummary; file: ExhibitFile; held: LayerHeld }) {
  const address = mediaPath(exhibit.id, file.file, held.layer, held.view);
  const what = layerName(file, held.layer === 'cut' ? 'cut' : 'whole');
  const size = sizeText(held.bytes);
  if (held.type.startsWith('image/')) return <Picture address={address} what={what} note={size} />;
  if (!held.type.startsWith('video/') && !held.type.startsWith('audio/')) return null;
  return <Player address={address} type={held.type} what={what} size={size} complete={held.complete} name={held.layer} />;
}
