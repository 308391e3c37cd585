/** The second screen: one row per item, four segments that fill, and one sentence. */
import { Icon, type IconName } from '../icons.tsx';
import { type Item, type Segment, type SegmentName, segments, type WantedFile } from '../engine/protocol.ts';
import { items, line, sentBytes, storage } from '../state.ts';
import { ByHand, type ByHandActions } from './by-hand.tsx';
import { countOf, fillOf, type ItemState, stateOf } from '../status.ts';
import { kilobytesText, numberText, say, sizeText } from '../words/language.ts';

export interface GoingActions extends ByHandActions {
  readonly choose: (item: string, file: number, chosen: File) => void;
  readonly clear: (item: string) => void;
}

const stateIcons: Record<ItemState, IconName> = { here: 'here', going: 'send', taken: 'taken', arrived: 'arrived', opened: 'opened' };
const segmentIcons: Record<SegmentName, IconName> = { words: 'words', glance: 'camera', cut: 'short', whole: 'whole' };

export function Going(actions: GoingActions) {
  const waiting = line.value === 'waiting' && items.value.some((item) => stateOf(item) !== 'opened');
  return (
    <section class="going" data-testid="going">
      {items.value.length === 0 && <p class="nothing">{say.value.nothingGoing}</p>}
      {waiting && (
        <p class="notice" data-testid="waiting" role="status">
          <Icon name="waiting" /> {say.value.waiting}
        </p>
      )}
      {!storage.value && (
        <p class="notice loud" data-testid="no-storage">
          <Icon name="urgent" /> {say.value.noStorage}
        </p>
      )}
      <ul class="items">
        {[...items.value]
          .sort((a, b) => b.number - a.number)
          .map((item) => (
            <Row key={item.id} item={item} {...actions} />
          ))}
      </ul>
      {sentBytes.value > 0 && <p class="hint">{say.value.sent(sizeText(sentBytes.value))}</p>}
      <ByHand carry={actions.carry} save={actions.save} />
    </section>
  );
}

function Row({ item, choose, clear }: { item: Item } & Pick<GoingActions, 'choose' | 'clear'>) {
  const state = stateOf(item);
  const { heldBytes, bytes } = countOf(item);
  const headed = `item-${item.id}`;
  return (
    <li class="item" data-testid="item" data-state={state} data-item={item.id} aria-labelledby={headed}>
      <p class="state" id={headed} aria-live="polite">
        <b>{numberText(item.number)}</b>
        <Icon name={stateIcons[state]} size={28} />
        <span data-testid="state">{say.value.states[state]}</span>
      </p>
      <ol class="bar">
        {segments.map((name) => (
          <Part key={name} name={name} segment={item.segments[name]} />
        ))}
      </ol>
      {state !== 'opened' && bytes > 0 && (
        <p class="count">{say.value.of(kilobytesText(heldBytes), `${kilobytesText(bytes)} ${say.value.kilobytes}`)}</p>
      )}
      {item.making && (
        <p class="notice" data-testid="keep-page">
          <Icon name="waiting" /> {item.segments.whole.state === 'none' ? say.value.keepPage : say.value.keepFile}
        </p>
      )}
      {item.wanted.map((wanted) => (
        <Wanted key={wanted.file} wanted={wanted} choose={(chosen) => choose(item.id, wanted.file, chosen)} />
      ))}
      {item.mismatch && (
        <p class="notice loud" data-testid="mismatch" role="alert">
          <Icon name="urgent" /> {say.value.otherFile}
        </p>
      )}
      {state === 'opened' && (
        <button
          type="button"
          class="second"
          data-testid="clear"
          aria-label={say.value.clearFor(numberText(item.number))}
          onClick={() => clear(item.id)}
        >
          <Icon name="remove" /> {say.value.clear}
        </button>
      )}
    </li>
  );
}

function Part({ name, segment }: { name: SegmentName; segment: Segment }) {
  const spoken = `${say.value.segments[name]}: ${say.value.segmentStates[segment.state]}`;
  return (
    <li class="segment" data-testid={`segment-${name}`} data-segment={name} data-state={segment.state} aria-label={spoken}>
      <span class="well" aria-hidden="true">
        <span class="fill" style={{ inlineSize: `${Math.round(fillOf(segment) * 100)}%` }} />
        <Icon name={segmentIcons[name]} size={22} />
      </span>
      <span class="name" aria-hidden="true">
        {say.value.segments[name]}
      </span>
    </li>
  );
}

function Wanted({ wanted, choose }: { wanted: WantedFile; choose: (chosen: File) => void }) {
  const chosen = (event: Event & { currentTarget: HTMLInputElement }) => {
    const file = event.currentTarget.files?.[0];
    if (file) choose(file);
    event.currentTarget.value = '';
  };
  return (
    <div class="notice loud" data-testid="choose-again">
      <p>
        <Icon name="gallery" /> {say.value.chooseAgain(sizeText(wanted.aboutBytes))}
      </p>
      <label class="second">
        <input type="file" class="unseen" data-testid="choose-again-file" accept="image/*,video/*" onChange={chosen} />
        {say.value.chooseAgainButton}
      </label>
    </div>
  );
}
