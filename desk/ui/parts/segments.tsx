/** How much of a file is here: four segments, told by fill, by shape and by words. */
import type { ExhibitFile, ExhibitSummary, LayerHeld } from '../../api.ts';
import { say } from '../words/language.ts';

type Fill = 'none' | 'part' | 'all';

function fillOf(held: LayerHeld | undefined): Fill {
  if (!held || held.partsHeld === 0) return 'none';
  return held.complete ? 'all' : 'part';
}

export function Segments({ exhibit, file }: { exhibit: ExhibitSummary; file: ExhibitFile | null }) {
  const layer = (name: 'glance' | 'cut' | 'whole'): Fill => fillOf(file?.layers.find((one) => one.layer === name));
  const fills = [
    ['words', exhibit.words ? 'all' : 'none'] as const,
    ...(file ? (['glance', 'cut', 'whole'] as const).map((name) => [name, layer(name)] as const) : []),
  ];
  const told = fills.map(([name, fill]) => `${say.value.layers[name]}: ${say.value.layerStates[fill]}`).join('; ');
  return (
    <span class="segments" role="img" aria-label={told} title={told}>
      {fills.map(([name, fill]) => (
        <span key={name} class={`segment ${name} ${fill}`} data-layer={name} data-fill={fill} />
      ))}
    </span>
  );
}
