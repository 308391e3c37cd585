/** What was released, as the world gets it, and the building of the public site. */
import { useSignal } from '@preact/signals';
import type { PressAnswer } from '../../api.ts';
import { tell } from '../client.ts';
import { attempt, desk, releases } from '../state.ts';
import { say, sizeText } from '../words/language.ts';

export function ReleasesView() {
  const built = useSignal<PressAnswer | null>(null);
  const press = async (): Promise<void> => void (built.value = await attempt(() => tell<PressAnswer>('/api/press', {})));
  return (
    <main class="page">
      <section class="card">
        <h1>{say.value.releases}</h1>
        {releases.value.length === 0 && <p class="empty">{say.value.noReleases}</p>}
        <ul class="plain">
          {releases.value.map((one) => (
            <li key={one.id}>
              <strong lang={one.language} dir={one.language === 'ar' ? 'rtl' : 'ltr'}>
                {one.title}
              </strong>
              <br />
              <small>
                <bdi dir="ltr">{one.day}</bdi> · <code>{one.id}</code> ·{' '}
                {one.media.map((medium, n) => (
                  <a key={n} href={`/api/released/${one.id}/${n}`} target="_blank" rel="noreferrer">
                    {sizeText(medium.bytes)}
                  </a>
                ))}
              </small>
            </li>
          ))}
        </ul>
        {desk.value?.newsroom?.canPress && (
          <button type="button" onClick={() => void press()} data-testid="press">
            {say.value.press}
          </button>
        )}
        {built.value && (
          <p role="status" data-testid="pressed">
            {say.value.pressed(built.value.files)}
          </p>
        )}
      </section>
    </main>
  );
}
