/** English. Present, short, no jargon; never "failed", never "secure". */
import type { ItemState } from '../status.ts';
import type { SegmentName, SegmentState, Trouble } from '../engine/protocol.ts';

const plural = new Intl.PluralRules('en');

export const english = {
  direction: 'ltr' as 'ltr' | 'rtl',
  title: 'Notes',
  otherLanguage: 'العربية',
  kilobytes: 'kB',
  megabytes: 'MB',

  make: 'New',
  going: 'Going',
  erase: 'Erase',

  photo: 'Photo',
  video: 'Video',
  choose: 'Choose',
  whatHappened: 'What happened?',
  where: 'Where? (optional)',
  urgent: 'Urgent',
  send: 'Send',
  sendNothing: 'Write words, or add a photo or video.',
  remove: 'Remove',
  kept: 'Photos and videos you take stay in this phone’s gallery. Delete them yourself.',
  files: (count: number) => (plural.select(count) === 'one' ? '1 file' : `${count} files`),

  nothingGoing: 'Nothing here.',
  segments: { words: 'words', glance: 'picture', cut: 'short', whole: 'whole' } satisfies Record<SegmentName, string>,
  segmentStates: {
    none: 'not part of this',
    here: 'here only',
    going: 'going',
    taken: 'taken',
    arrived: 'taken and recorded',
    opened: 'they have it',
  } satisfies Record<SegmentState, string>,
  states: {
    here: 'Here only.',
    going: 'Going.',
    taken: 'Taken.',
    arrived: 'Taken. Recorded.',
    opened: 'They have it. Safe to erase.',
  } satisfies Record<ItemState, string>,
  waiting: 'Waiting for line.',
  sent: (size: string) => `${size} sent`,
  of: (held: string, all: string) => `${held} of ${all}`,
  clear: 'Take off the list',
  clearFor: (number: string) => `Take number ${number} off the list`,
  keepFile: 'Keep the photo or video on the phone until “whole” is full.',
  keepPage: 'Keep this page open. It is still being closed up.',
  noStorage: 'This browser stores nothing: close this page and all that is not “taken” is lost.',
  chooseAgain: (size: string) => `Choose the same file again (about ${size}).`,
  chooseAgainButton: 'Choose file',
  otherFile: 'That is another file. Choose the one you sent.',

  eraseTitle: 'Erase all',
  eraseHold: 'Press and hold',
  eraseWhat: 'Erases all that waits here, and your invitation. Not the gallery.',
  eraseOtherWay: 'I cannot hold',
  eraseNow: 'Erase now',
  eraseCancel: 'Back',
  erasing: 'Erasing',

  invite: 'Paste the message you were given',
  inviteOpen: 'Open',
  inviteBroken: 'Part of this message is missing. Ask for it again.',
  inviteUnsafe: 'Others could listen on this way. Ask for another message.',
  inviteNewer: 'This page is too old for this message. Open the link in it.',

  hand: 'By hand',
  handWhat: 'A card goes where no line goes. Whoever carries it cannot open it, but can see that it is closed up.',
  carryCard: 'Carry a card on',
  saveCard: 'Save to a card',
  saveMost: 'How much, at most?',
  card: {
    reading: (done: string, all: string) => `Reading: ${done} of ${all}.`,
    going: (done: string, all: string) => `Going: ${done} of ${all}. Leave the card in.`,
    saving: (done: string, all: string) => `Saving: ${done} of ${all}.`,
    taken: (size: string) => `Taken: ${size}.`,
    takenPart: (size: string) => `Gone on: ${size}. The rest is on other cards; keep this one.`,
    saved: (size: string) => `Saved: ${size}. All of it stays here too.`,
    savedPart: (size: string, left: string) => `Saved: ${size}. No room for ${left}. All of it stays here too.`,
    nothing: 'Nothing waits here.',
    unknown: 'Nothing in this file can be carried on. Ask for the card again.',
    gone: 'The card cannot be read any more. Put it in and choose it again. What was taken stays taken.',
    unsaved: 'Not all was saved. Nothing here is lost. Save it again.',
  },

  troubles: {
    storage: 'This phone has no room. Free some space. What is here stays.',
    full: 'They can take no more just now. It is tried again by itself.',
    door: 'Your invitation no longer counts. Ask for a new one. What is here stays.',
    newsroom: 'Waiting for line to close up your words. Keep this page open.',
    unsafe: 'Others could listen on this way, so nothing goes. Ask for a new invitation.',
    relay: 'Something in between answers wrongly. Try another line. What is here stays.',
    expired: 'Something lay too long and was let go unread. Keep the file and send it again.',
    elsewhere: 'This page is already open. Use that one.',
    broken: 'Something went wrong here. What is sealed stays. Open the page again.',
  } satisfies Record<Trouble, string>,
};

export type Language = typeof english;
