/** How much of a file is here: four segments, told by fill, by shape and by words. */
import type { ExhibitFile, ExhibitSummary, LayerHeld } from '../../api.ts';
import { say } from '../words/language.ts';

type Fill = 'none' | 'part' | 'all';
export type LayerName = 'words' | 'glance' | 'cut' | 'whole';

function fillOf(held: LayerHeld | undefined): Fill {
  if (!held || held.partsHeld === 0) return 'none';
  return held.complete ? 'all' : 'part';
}

/** What the layers of this file are called: a photo has no cut. */
export function layerName(file: ExhibitFile | null, layer: LayerName): string {
  return (file?.kind === 'photo' ? say.value.layersOfPhoto : say.value.layers)[layer];
}

function stateText(held: LayerHeld | undefined, fill: Fill): string {
  if (fill !== 'part' || !held || held.parts === 0) return say.value.layerStates[fill];
  return `${say.value.layerStates.part} (${say.value.stepOf(held.partsHeld, held.parts)})`;
}

/** @param named - with the names below the segments; otherwise they are only told to whoever listens */
export function Segments({ exhibit, file, named = false }: { exhibit: ExhibitSummary; file: ExhibitFile | null; named?: boolean }) {
  const heldOf = (name: LayerName): LayerHeld | undefined => file?.layers.find(({ layer }) => layer === name);
  const names: readonly LayerName[] = file ? ['words', 'glance', 'cut', 'whole'] : ['words'];
  const parts = names.map((name) => {
    const fill = name === 'words' ? (exhibit.words ? 'all' : 'none') : fillOf(heldOf(name));
    return { name, fill, title: layerName(file, name), state: stateText(heldOf(name), fill) } as const;
  });
  const told = say.value.segmentsOf(parts.map(({ title, state }) => `${title}: ${state}`).join(say.value.comma));
  return (
    <span class={named ? 'segments named' : 'segments'} role="img" aria-label={told} title={named ? undefined : told}>
      {parts.map(({ name, fill, title, state }) => (
        <span key={name} class="part">
          <span class={`segment segment-${name} ${fill}`} data-layer={name} data-fill={fill} />
          {named && (
            <small aria-hidden="true">
              {title}
              <br />
              <bdi>{state}</bdi>
            </small>
          )}
        </span>
      ))}
    </span>
  );
}
