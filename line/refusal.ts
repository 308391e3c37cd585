/** What `line` refuses, or waits for. Nothing here ever means "failed": what is sealed stays in the spool until it is held elsewhere. */
import { Refusal } from '@zajil/format';

export type LineCode =
  | 'LINE_WAITING'
  | 'LINE_NOT_SAFE'
  | 'LINE_LYING_RELAY'
  | 'LINE_FALSE_PIECES'
  | 'LINE_FALSE_PROMISE'
  | 'LINE_FALSE_RECEIPT'
  | 'LINE_FALSE_MESSAGE'
  | 'LINE_STALE_ACKNOWLEDGEMENT'
  | 'LINE_REPLAYED_WANTS'
  | 'LINE_BAD_ANSWER'
  | 'LINE_CLOSED_DOOR'
  | 'LINE_RELAY_FULL'
  | 'LINE_NO_NEWSROOM'
  | 'LINE_WENT_BACK'
  | 'LINE_NO_KEY'
  | 'LINE_EXPIRED'
  | 'LINE_DAMAGED'
  | 'LINE_STORAGE';

const sentences: Record<LineCode, string> = {
  LINE_WAITING: 'There is no line to a relay now. What you sealed is safe here; it goes as soon as the line is back.',
  LINE_NOT_SAFE:
    'This relay can only be reached without encryption, so nothing was sent. What you sealed is safe here; ask for a new invitation.',
  LINE_LYING_RELAY:
    'A relay showed a newsroom or a key that is not the one of your invitation. It is not believed; what you sealed is still here. Tell the newsroom.',
  LINE_FALSE_PIECES:
    'A relay said that it holds what it does not hold, or kept nothing of what it was given. It is not believed; what you sealed is still here and goes to another relay. Tell the newsroom.',
  LINE_FALSE_PROMISE:
    'A relay gave a promise that is false, or broke the one it gave. Keep the original: what is not promised is still here, and broken promises are kept as evidence. Tell the newsroom.',
  LINE_FALSE_RECEIPT:
    'A relay showed a proof of arrival that does not hold, or a second face of its log. Nothing counts as arrived by it; keep the original, and tell the newsroom.',
  LINE_FALSE_MESSAGE:
    'A message that came by way of a relay is not by your newsroom about what you sent. It was not believed; keep the original, and tell the newsroom.',
  LINE_STALE_ACKNOWLEDGEMENT:
    'A relay showed an older word of the newsroom than it had shown before. The newer one counts; keep the original until it is safe to erase, and tell the newsroom.',
  LINE_REPLAYED_WANTS:
    'A relay showed an older wish of the newsroom than it had shown before. The newer one is followed and nothing is lost. Tell the newsroom.',
  LINE_BAD_ANSWER:
    'Something on the way answered in place of the relay, such as the sign-in page of a network. Nothing is lost; sign in there or use another line.',
  LINE_CLOSED_DOOR:
    'The relay does not accept this invitation any more. What you sealed is safe here; ask the newsroom for a new invitation.',
  LINE_RELAY_FULL: 'The relay cannot take more just now. What you sealed is safe here and is tried again later.',
  LINE_NO_NEWSROOM: 'The relay does not know its newsroom yet. Nothing was sent; try again later.',
  LINE_WENT_BACK: 'A relay showed an older or another list of the newsroom than the one known here. The known one is used.',
  LINE_NO_KEY: 'No key of the newsroom could be fetched to seal to. Nothing was sent; it works again when the line is back.',
  LINE_EXPIRED: 'A relay let go of something unread because its time was over. Tell the newsroom, and keep the original.',
  LINE_DAMAGED: 'Something that was sealed here was damaged on this device and cannot be sent. Choose the original again.',
  LINE_STORAGE: 'This device could not store what was sealed. Nothing that was stored before is lost; free some space and try again.',
};

export class LineError extends Refusal {
  declare readonly code: LineCode;

  constructor(code: LineCode, cause?: unknown) {
    super(code, sentences[code], cause);
  }
}

const lies: ReadonlySet<LineCode> = new Set([
  'LINE_LYING_RELAY',
  'LINE_FALSE_PIECES',
  'LINE_FALSE_PROMISE',
  'LINE_FALSE_RECEIPT',
  'LINE_FALSE_MESSAGE',
  'LINE_STALE_ACKNOWLEDGEMENT',
  'LINE_REPLAYED_WANTS',
]);

/** Does this code say that a relay told something false? Nothing else that it said is believed then, and another is used. */
export function isLie(code: LineCode): boolean {
  return lies.has(code);
}
