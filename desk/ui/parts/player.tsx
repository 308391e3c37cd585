/** A film or a sound: nothing of it is fetched before its player is opened, it starts silent, and it cannot be saved or cast by accident. */
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { shown, toggleShown } from '../cover.ts';
import { say } from '../words/language.ts';

interface Properties {
  readonly address: string;
  /** Media type. */
  readonly type: string;
  readonly what: string;
  readonly size: string;
  /** All of it is here. */
  readonly complete: boolean;
  readonly name: string;
}

export function Player({ address, type, what, size, complete, name }: Properties) {
  const isOpen = shown.value.has(address);
  const isSound = type.startsWith('audio/');
  const broken = useSignal(false);
  const hint = useId();
  const common = {
    controls: true,
    preload: 'metadata' as const,
    src: address,
    'aria-label': what,
    'aria-describedby': hint,
    'data-testid': `video-${name}`,
    onError: () => (broken.value = true),
    onLoadedMetadata: () => (broken.value = false),
  };
  return (
    <div class="player" data-shown={isOpen ? '' : undefined}>
      <button type="button" aria-expanded={isOpen} onClick={() => toggleShown(address)} data-testid={`play-${name}`}>
        {isOpen ? say.value.closePlayer : say.value.play}: {what}{' '}
        <small>
          <bdi>{size}</bdi>
        </small>
      </button>
      {isOpen && (
        <p class="hint" id={hint}>
          {isSound ? say.value.soundOnly : say.value.muted}
          {!complete && ` ${say.value.partial}`}
        </p>
      )}
      {isOpen &&
        (isSound ? (
          <audio controlsList="nodownload noremoteplayback" {...common} />
        ) : (
          <video muted disablePictureInPicture disableRemotePlayback controlsList="nodownload noremoteplayback" playsInline {...common} />
        ))}
      {isOpen && broken.value && (
        <p class="hint" role="status">
          {say.value.unplayable}
        </p>
      )}
    </div>
  );
}
