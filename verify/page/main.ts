/**
 * The checking page: one HTML file, from a disk as well as from a site, that tells what is proved of the files it is
 * given. It makes no request: its policy forbids any.
 */
import { parseNewsroomName, type ReleaseLanguage } from '@zajil/format';
import { type HandedFile, type Result, verifyHanded } from '../index.ts';
import { element } from './element.ts';
import { handDropped, handPicked } from './picked.ts';
import { resultView } from './result-view.ts';
import { type Wording, wordings } from './wording.ts';

interface State {
  language: ReleaseLanguage;
  newsroom: string;
  results: readonly Result[];
  notice: 'working' | 'broken' | 'newsroomBad' | null;
}

const state: State = { language: chosenLanguage(), newsroom: '', results: [], notice: null };

function chosenLanguage(): ReleaseLanguage {
  if (location.hash === '#ar' || location.hash === '#en') return location.hash === '#ar' ? 'ar' : 'en';
  return navigator.language.startsWith('ar') ? 'ar' : 'en';
}

function draw(): void {
  const words = wordings[state.language];
  document.documentElement.lang = state.language;
  document.documentElement.dir = words.dir;
  document.title = `${words.title} · Zajil`;
  document.querySelector('#page')?.replaceChildren(header(words), main(words));
  drawResults();
}

/** Only what changes after a check, so that a reader's place and focus stay. */
function drawResults(): void {
  const words = wordings[state.language];
  const status = document.querySelector('#status');
  const results = document.querySelector('#results');
  if (status) status.textContent = state.notice === null ? '' : words[state.notice];
  results?.replaceChildren(
    ...(state.results.length > 0 ? [element('h2', { tabindex: '-1' }, words.results)] : []),
    ...state.results.map((result) => resultView(result, words)),
  );
}

function header(words: Wording): HTMLElement {
  return element(
    'header',
    {},
    element('nav', {}, languageButton('ar', 'العربية'), languageButton('en', 'English')),
    element('h1', {}, words.title),
    element('p', { class: 'lead' }, words.lead),
    element('p', { class: 'quiet' }, words.quiet),
  );
}

function languageButton(language: ReleaseLanguage, name: string): HTMLElement {
  const button = element('button', { type: 'button', lang: language, 'aria-pressed': String(state.language === language) }, name);
  button.addEventListener('click', () => {
    state.language = language;
    draw();
    document.querySelector<HTMLElement>(`nav [lang=${language}]`)?.focus();
  });
  return button;
}

function main(words: Wording): HTMLElement {
  return element(
    'main',
    {},
    newsroomField(words),
    picker(words),
    element('p', { id: 'status', role: 'status' }),
    element('section', { id: 'results', 'aria-live': 'polite' }),
  );
}

function newsroomField(words: Wording): HTMLElement {
  const input = element('input', {
    id: 'newsroom',
    dir: 'ltr',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': 'newsroom-help',
  });
  input.value = state.newsroom;
  input.addEventListener('input', () => {
    state.newsroom = input.value.trim();
  });
  const label = element('label', { for: 'newsroom' }, words.newsroom);
  return element('div', { class: 'field' }, label, input, element('p', { id: 'newsroom-help', class: 'help' }, words.newsroomHelp));
}

function picker(words: Wording): HTMLElement {
  const zone = element(
    'fieldset',
    { class: 'zone' },
    element('legend', {}, words.files),
    element('p', { class: 'help' }, words.filesHelp),
    element('div', { class: 'pick' }, chooser(words.pick, { multiple: true }), chooser(words.pickFolder, { webkitdirectory: true })),
    element('p', { class: 'help drop' }, words.drop),
  );
  zone.addEventListener('dragover', (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
  zone.addEventListener('dragleave', () => zone.classList.remove('over'));
  zone.addEventListener('drop', (event) => {
    event.preventDefault();
    zone.classList.remove('over');
    if (event.dataTransfer) void check(handDropped(event.dataTransfer.items));
  });
  return zone;
}

function chooser(name: string, kind: Record<string, boolean>): HTMLElement {
  const input = element('input', { type: 'file', ...kind });
  input.addEventListener('change', () => {
    const files = input.files ? handPicked(input.files) : [];
    if (files.length > 0) void check(Promise.resolve(files)).then(() => (input.value = ''));
  });
  return element('label', { class: 'button' }, name, input);
}

async function check(files: Promise<HandedFile[]>): Promise<void> {
  Object.assign(state, { results: [], notice: 'working' });
  drawResults();
  try {
    state.results = await verifyHanded(await files, { newsroom: expectedNewsroom() });
    state.notice = null;
  } catch (failure) {
    state.notice = failure instanceof BadName ? 'newsroomBad' : 'broken';
  }
  drawResults();
  document.querySelector<HTMLElement>('#results h2')?.focus();
}

class BadName extends Error {}

function expectedNewsroom(): Uint8Array | null {
  if (state.newsroom === '') return null;
  try {
    return parseNewsroomName(state.newsroom);
  } catch (cause) {
    throw new BadName('not a name', { cause });
  }
}

draw();
