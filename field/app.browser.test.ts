import { h, render } from 'preact';
import { beforeEach, expect, test } from 'vitest';
import './style.css';
import { App, type AppActions } from './app.tsx';
import type { CardState, Item, SegmentState } from './engine/protocol.ts';
import { card, emptyDraft, draft, items, line, screen, storage, trouble } from './state.ts';
import { language } from './words/language.ts';

const calls: [string, unknown][] = [];
const actions: AppActions = {
  send: (sent) => void calls.push(['send', sent]),
  erase: () => void calls.push(['erase', null]),
  paste: (text) => void calls.push(['paste', text]),
  choose: (item, file) => void calls.push(['choose', `${item} ${file}`]),
  clear: (item) => void calls.push(['clear', item]),
  carry: (files) => void calls.push(['carry', files.length]),
  save: (fillBytes) => void calls.push(['save', fillBytes]),
};
const find = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const settle = () => new Promise((resolve) => setTimeout(resolve, 30));

beforeEach(async () => {
  document.body.innerHTML = '<div id="app"></div>';
  calls.length = 0;
  Object.assign(draft, { value: emptyDraft });
  items.value = [];
  card.value = null;
  line.value = 'unknown';
  storage.value = true;
  trouble.value = null;
  language.value = 'en';
  screen.value = 'make';
  render(h(App, actions), document.getElementById('app') as HTMLElement);
  await settle();
});

function item(state: SegmentState, more: Partial<Item> = {}): Item {
  const segment = { state, heldBytes: state === 'here' ? 0 : 8192, bytes: 8192 };
  return {
    id: 'k',
    number: 1,
    segments: { words: segment, glance: segment, cut: segment, whole: segment },
    making: false,
    wanted: [],
    mismatch: false,
    ...more,
  };
}

test('the page opens on what happened: one tap sends words, and nothing is sent when nothing is there', async () => {
  find('send')?.click();
  expect(calls).toEqual([]);
  const text = find('text') as HTMLTextAreaElement;
  text.value = 'three wounded';
  text.dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
  find('send')?.click();
  expect(calls).toEqual([['send', { ...emptyDraft, text: 'three wounded' }]]);
});

test('neither browser nor keyboard is invited to keep what is typed', () => {
  for (const id of ['text', 'place']) {
    const field = find(id);
    expect(field?.getAttribute('autocomplete')).toBe('off');
    expect((field as HTMLTextAreaElement).spellcheck).toBe(false);
  }
  expect(document.body.querySelectorAll('[name]')).toHaveLength(0);
});

test('every state of a segment can be read from its attribute and heard', async () => {
  screen.value = 'going';
  for (const state of ['here', 'going', 'taken', 'arrived', 'opened'] as const) {
    items.value = [item(state)];
    await settle();
    expect(find('segment-whole')?.dataset['state']).toBe(state);
    expect(find('segment-whole')?.getAttribute('aria-label')).toMatch(/^whole: /);
    expect(find('item')?.dataset['state']).toBe(state);
  }
  expect(find('state')?.textContent).toBe('They have it. Safe to erase.');
});

test('without storage the screen says what closing the page loses', async () => {
  storage.value = false;
  screen.value = 'going';
  await settle();
  expect(find('no-storage')?.textContent).toContain('lost');
});

test('no line is waiting, never more', async () => {
  screen.value = 'going';
  line.value = 'waiting';
  items.value = [item('going')];
  await settle();
  expect(find('waiting')?.textContent).toContain('Waiting for line.');
});

test('holding the middle for two seconds erases; from a keyboard too; a touch does not', async () => {
  screen.value = 'erase';
  await settle();
  const hold = find('erase-hold');
  const key = (type: string) => hold?.dispatchEvent(new KeyboardEvent(type, { key: ' ', bubbles: true }));
  key('keydown');
  await settle();
  key('keyup');
  expect(calls).toEqual([]);
  key('keydown');
  await new Promise((resolve) => setTimeout(resolve, 2200));
  expect(calls).toEqual([['erase', null]]);
});

test('who cannot hold has two taps instead', async () => {
  screen.value = 'erase';
  await settle();
  find('erase-other-way')?.click();
  await settle();
  find('erase-now')?.click();
  expect(calls).toEqual([['erase', null]]);
});

test('every button is large enough for a thumb, and nothing is wider than the phone, in both directions', async () => {
  for (const name of ['ar', 'en'] as const) {
    language.value = name;
    document.documentElement.dir = name === 'ar' ? 'rtl' : 'ltr';
    for (const shown of ['make', 'going', 'erase', 'invite'] as const) {
      screen.value = shown;
      items.value = [item('opened'), item('here', { id: 'l', wanted: [{ file: 0, aboutBytes: 2e6 }] })];
      await settle();
      const frame = document.getElementById('app') as HTMLElement;
      frame.style.width = '360px';
      expect(frame.scrollWidth).toBeLessThanOrEqual(360);
      for (const button of document.querySelectorAll<HTMLElement>('button, label.big, label.second'))
        expect(Math.min(button.offsetHeight, button.offsetWidth)).toBeGreaterThanOrEqual(48);
    }
  }
});

test('by hand: several files of cards are carried on at once', async () => {
  screen.value = 'going';
  await settle();
  const input = find('carry-card') as HTMLInputElement;
  const transfer = new DataTransfer();
  for (const name of ['DATA0001.BIN', 'DATA0002.BIN']) transfer.items.add(new File(['ZJB1'], name));
  input.files = transfer.files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
  expect(calls).toEqual([['carry', 2]]);
  expect(input.files).toHaveLength(0);
});

test('by hand: saving asks first how much', async () => {
  screen.value = 'going';
  await settle();
  expect(find('save-size')).toBeNull();
  find('save-card')?.click();
  await settle();
  expect(find('save-card')?.getAttribute('aria-expanded')).toBe('true');
  find('save-size')?.click();
  await settle();
  expect(calls).toEqual([['save', 100_000_000]]);
  expect(find('save-size')).toBeNull();
});

test('by hand: each step is said, in both languages, and read aloud', async () => {
  screen.value = 'going';
  const steps: CardState[] = [
    { step: 'reading', bytes: 1e6, of: 2e6 },
    { step: 'going', bytes: 1e6, of: 2e6 },
    { step: 'saving', bytes: 1e6, of: 2e6 },
    { step: 'taken', bytes: 2e6, all: true },
    { step: 'taken', bytes: 2e6, all: false },
    { step: 'saved', bytes: 2e6, left: 0 },
    { step: 'saved', bytes: 2e6, left: 1e6 },
    ...(['nothing', 'unknown', 'gone', 'unsaved'] as const).map((step) => ({ step })),
  ];
  const said = new Set<string>();
  for (const name of ['en', 'ar'] as const) {
    language.value = name;
    for (const step of steps) {
      card.value = step;
      await settle();
      expect(find('card-state')?.getAttribute('role')).toBe('status');
      said.add(find('card-state')?.textContent ?? '');
    }
  }
  expect(said.size).toBe(2 * steps.length);
});
