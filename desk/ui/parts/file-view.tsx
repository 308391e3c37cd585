/** One file of a dispatch: what of it is here, and a viewer that plays a sealed video by ranges. */
import { useSignal } from '@preact/signals';
import type { ExhibitFile, ExhibitSummary, LayerHeld } from '../../api.ts';
import { mediaPath } from '../client.ts';
import { covered } from '../state.ts';
import { say, sizeText } from '../words/language.ts';
import { Picture } from './picture.tsx';
import { Segments } from './segments.tsx';

export function FileView({ exhibit, file }: { exhibit: ExhibitSummary; file: ExhibitFile }) {
  const glances = file.layers.filter(({ layer, bytes }) => layer === 'glance' && bytes > 0);
  const playable = file.layers
    .filter(({ layer, bytes }) => (layer === 'cut' || layer === 'whole') && bytes > 0)
    .toSorted((a, b) => (a.layer < b.layer ? -1 : 1));
  const facts = [say.value.kinds[file.kind], file.bytes > 0 ? sizeText(file.bytes) : ''].filter(Boolean).join(' · ');
  return (
    <section class="file" data-testid="file" data-file={file.file} data-whole={file.whole}>
      <h3>
        {say.value.file(file.file + 1)} <small>{facts}</small> <bdi class="name">{file.name}</bdi>
      </h3>
      <Segments exhibit={exhibit} file={file} />
      <p class={`original ${file.whole}`}>
        {say.value.wholes[file.whole]}
        {file.committed && ` ${say.value.committed(file.committed)}`}
      </p>
      {file.sha256 && (
        <p class="hash">
          SHA-256 <bdi dir="ltr">{file.sha256}</bdi>
        </p>
      )}
      <div class="pictures">
        {glances.map(({ view }) => (
          <Picture key={view} address={mediaPath(exhibit.id, file.file, 'glance', view)} what={say.value.layers.glance} />
        ))}
      </div>
      <div class="players">
        {playable.map((held) => (
          <Player key={held.layer} exhibit={exhibit} file={file} held={held} />
        ))}
      </div>
    </section>
  );
}

function Player({ exhibit, file, held }: { exhibit: ExhibitSummary; file: ExhibitFile; held: LayerHeld }) {
  const open = useSignal(false);
  const address = mediaPath(exhibit.id, file.file, held.layer, held.view);
  const what = say.value.layers[held.layer === 'cut' ? 'cut' : 'whole'];
  if (held.type.startsWith('image/')) return <Picture address={address} what={`${what}, ${sizeText(held.bytes)}`} />;
  if (!held.type.startsWith('video/') && !held.type.startsWith('audio/')) return null;
  return (
    <div class="player">
      <button type="button" aria-expanded={open.value} onClick={() => (open.value = !open.value)} data-testid={`play-${held.layer}`}>
        {open.value ? say.value.closePlayer : say.value.play}: {what} <small>{sizeText(held.bytes)}</small>
      </button>
      {open.value && !covered.value && (
        <video controls preload="metadata" src={address} aria-label={what} data-testid={`video-${held.layer}`} />
      )}
    </div>
  );
}
