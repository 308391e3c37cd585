/** What was released, as the world gets it, and the building of the public site. */
import { useSignal } from '@preact/signals';
import type { PressAnswer, ReleaseSummary } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, desk, releases } from '../state.ts';
import { say, sizeText } from '../words/language.ts';
import { Picture } from './picture.tsx';
import { Player } from './player.tsx';

export function ReleasesView() {
  const built = useSignal<PressAnswer | null>(null);
  const busy = useSignal(false);
  const press = async (): Promise<void> => {
    if (busy.value) return;
    busy.value = true;
    built.value = await attempt(() => tell<PressAnswer>('/api/press', {}));
    busy.value = false;
  };
  return (
    <main class="page" id="content" tabIndex={-1}>
      <section class="card">
        <h1>{say.value.releases}</h1>
        {releases.value.length === 0 && <p class="empty">{say.value.noReleases}</p>}
        <ul class="plain">
          {releases.value.map((one) => (
            <Release key={one.id} release={one} />
          ))}
        </ul>
        {desk.value?.newsroom?.canPress && (
          <button type="button" aria-disabled={busy.value} onClick={() => void press()} data-testid="press">
            {busy.value ? say.value.pressing : say.value.press}
          </button>
        )}
        <p role="status" data-testid="pressed">
          {built.value && say.value.pressed(built.value.files)}
        </p>
      </section>
    </main>
  );
}

function Release({ release }: { release: ReleaseSummary }) {
  return (
    <li>
      <h2 lang={release.language} dir={release.language === 'ar' ? 'rtl' : 'ltr'}>
        {release.title}
      </h2>
      <p class="hint">
        <bdi dir="ltr">{release.day}</bdi> ·{' '}
        <code>
          <bdi dir="ltr">{release.id}</bdi>
        </code>
      </p>
      <div class="views">
        {release.media.map(({ type, bytes }, n) => (
          <Medium key={n} address={`/api/released/${release.id}/${n}`} type={type} size={sizeText(bytes)} />
        ))}
      </div>
    </li>
  );
}

function Medium({ address, type, size }: { address: string; type: string; size: string }) {
  const { photo, video, sound } = say.value.kinds;
  if (type.startsWith('image/')) return <Picture address={address} what={photo} note={size} />;
  return <Player address={address} type={type} what={type.startsWith('audio/') ? sound : video} size={size} complete name="released" />;
}
