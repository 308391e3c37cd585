/** Begins the page: shows it, starts the worker behind it, and passes between the two. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App, type AppActions } from './app.tsx';
import { keepAwakeWhileSending } from './awake.ts';
import type { FromEngine, ToEngine } from './engine/protocol.ts';
// oxlint-disable-next-line import/default -- Vite makes it
import EngineWorker from './engine/worker.ts?worker&inline';
import { filmWithElement } from './layers/element-film.ts';
import { chooseTarget, type SaveTarget } from './saving.ts';
import * as state from './state.ts';
import { wipe } from './wipe.ts';
import { language, say } from './words/language.ts';

const arrival = location.hash.length > 1 ? location.href : null;
// The token must not stay in the address bar, in history or in a session that the browser restores.
if (location.hash) history.replaceState(null, '', location.pathname + location.search);

const engine = new EngineWorker();
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
const tell = (message: ToEngine) => engine.postMessage(message);
engine.addEventListener('message', (event: MessageEvent<FromEngine>) => void onMessage(event.data));
engine.addEventListener('error', () => (state.trouble.value = 'broken'));

async function onMessage(message: FromEngine): Promise<void> {
  switch (message.kind) {
    case 'opened':
      state.storage.value = message.storage;
      state.inviteTrouble.value = message.refused;
      if (state.screen.value === 'loading' || state.screen.value === 'invite') state.screen.value = message.invited ? 'make' : 'invite';
      break;
    case 'items':
      state.items.value = message.items;
      break;
    case 'line':
      state.line.value = message.line;
      state.sentBytes.value = message.sentBytes;
      break;
    case 'trouble':
      state.trouble.value = message.trouble;
      break;
    case 'card':
      state.card.value = message.card;
      if (message.card.step === 'nothing' || message.card.step === 'unsaved') await leaveTarget();
      break;
    case 'chunk':
      await takeChunk(message.bytes);
      break;
    case 'film':
      tell({ kind: 'film', call: message.call, layers: await filmWithElement(message.video) });
  }
}

/** Where what waits is being saved. */
let target: SaveTarget | null = null;

async function save(fillBytes: number): Promise<void> {
  if (target) return;
  target = await chooseTarget();
  if (target) tell({ kind: 'save', fillBytes });
}

async function takeChunk(bytes: Uint8Array<ArrayBuffer> | null): Promise<void> {
  const writing = target;
  if (bytes === null) target = null;
  try {
    await (bytes ? writing?.write(bytes) : writing?.close());
    tell({ kind: 'save-next' });
  } catch {
    // The card was pulled out, or is full.
    await leaveTarget(writing);
    tell({ kind: 'save-stop' });
  }
}

async function leaveTarget(left = target): Promise<void> {
  target = null;
  await left?.abort().catch(() => undefined);
}

const actions: AppActions = {
  send(draft) {
    tell({ kind: 'send', text: draft.text.trim(), place: draft.place.trim(), urgent: draft.urgent, files: draft.files });
    state.draft.value = state.emptyDraft;
    state.screen.value = 'going';
  },
  choose: (item, file, chosen) => tell({ kind: 'choose', item, file, chosen }),
  clear: (item) => tell({ kind: 'clear', item }),
  carry: (files) => tell({ kind: 'carry', files }),
  save: (fillBytes) => void save(fillBytes),
  paste: (text) => tell({ kind: 'open', message: text }),
  erase: () => {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window
    others.postMessage('erase');
    void leave();
  },
};

// Another tab of this page would go on keeping and sending.
const others = new BroadcastChannel('notes');
others.addEventListener('message', () => void leave());

function leave(): Promise<void> {
  state.draft.value = state.emptyDraft;
  state.items.value = [];
  return wipe(() => engine.terminate());
}

effect(() => {
  document.documentElement.lang = language.value;
  document.documentElement.dir = say.value.direction;
  document.title = say.value.title;
});
globalThis.addEventListener('online', () => tell({ kind: 'wake' }));
document.addEventListener('visibilitychange', () => tell({ kind: 'wake' }));
keepAwakeWhileSending();
const root = document.getElementById('app');
if (root) render(<App {...actions} />, root);
tell({ kind: 'open', message: arrival });
