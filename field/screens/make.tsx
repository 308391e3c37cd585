/** The first screen: photo, video, words, one tap to send. */
import { Icon, type IconName } from '../icons.tsx';
import { type Draft, draft } from '../state.ts';
import { numberText, say, sizeText } from '../words/language.ts';

/** What `words` can carry. */
const mostText = 6000;
const mostPlace = 200;
const mostFiles = 255;

export function Make({ onSend }: { onSend: (sent: Draft) => void }) {
  const { text, place, urgent, files } = draft.value;
  const ready = text.trim() !== '' || files.length > 0;
  const send = (event: Event) => {
    event.preventDefault();
    if (ready) onSend(draft.value);
  };
  return (
    <form class="make" data-testid="make" autocomplete="off" onSubmit={send}>
      <div class="take">
        <Take name="photo" icon="camera" accept="image/*" capture />
        <Take name="video" icon="video" accept="video/*" capture />
        <Take name="choose" icon="gallery" accept="image/*,video/*" />
      </div>
      {files.length > 0 && <Chosen />}
      <label class="field">
        <span>
          <Icon name="words" /> {say.value.whatHappened}
        </span>
        <textarea
          data-testid="text"
          rows={5}
          maxLength={mostText}
          dir="auto"
          value={text}
          onInput={(event) => (draft.value = { ...draft.value, text: event.currentTarget.value })}
          {...unlearned}
        />
      </label>
      <div class="row">
        <label class="field place">
          <Icon name="place" />
          <input
            data-testid="place"
            type="text"
            maxLength={mostPlace}
            dir="auto"
            aria-label={say.value.where}
            placeholder={say.value.where}
            value={place}
            onInput={(event) => (draft.value = { ...draft.value, place: event.currentTarget.value })}
            {...unlearned}
          />
        </label>
        <button
          type="button"
          class="toggle"
          data-testid="urgent"
          aria-pressed={urgent}
          onClick={() => (draft.value = { ...draft.value, urgent: !urgent })}
        >
          <Icon name="urgent" /> {say.value.urgent}
        </button>
      </div>
      <button type="submit" class="main" data-testid="send" aria-disabled={!ready} aria-describedby="send-hint">
        <Icon name="send" size={32} /> {say.value.send}
      </button>
      <p class="hint" id="send-hint">
        {ready ? say.value.kept : say.value.sendNothing}
      </p>
    </form>
  );
}

/** Asks browser and keyboard to keep nothing of what is typed; whether a keyboard obeys is its own affair. */
const unlearned = { autocomplete: 'off', autoCorrect: 'off', autocapitalize: 'off', spellcheck: false, translate: false } as const;

function Take(props: { name: 'photo' | 'video' | 'choose'; icon: IconName; accept: string; capture?: boolean }) {
  const add = (event: Event & { currentTarget: HTMLInputElement }) => {
    const added = [...(event.currentTarget.files ?? [])];
    draft.value = { ...draft.value, files: [...draft.value.files, ...added].slice(0, mostFiles) };
    // So that the same file can be added after it was removed, and none stays in the element.
    event.currentTarget.value = '';
  };
  return (
    <label class="big">
      <input
        type="file"
        class="unseen"
        data-testid={`add-${props.name}`}
        accept={props.accept}
        multiple={!props.capture}
        capture={props.capture ? 'environment' : undefined}
        onChange={add}
      />
      <Icon name={props.icon} size={40} />
      <span>{say.value[props.name]}</span>
    </label>
  );
}

function Chosen() {
  const { files } = draft.value;
  const remove = (file: File) => (draft.value = { ...draft.value, files: files.filter((one) => one !== file) });
  return (
    <ul class="chosen" data-testid="chosen" aria-label={say.value.files(files.length)}>
      {files.map((file, i) => (
        <li key={file}>
          <Icon name={file.type.startsWith('video/') ? 'video' : 'camera'} />
          <span>
            {numberText(i + 1)}. {sizeText(file.size)}
          </span>
          <button type="button" class="quiet" aria-label={`${say.value.remove} ${numberText(i + 1)}`} onClick={() => remove(file)}>
            <Icon name="remove" />
          </button>
        </li>
      ))}
    </ul>
  );
}
