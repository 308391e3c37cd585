/**
 * Markup as values: a tagged template that escapes whatever it is given. HTML and XML alike.
 *
 * A string is text, always. Markup comes only from templates, and from `raw` for our own constants. A line break of the
 * template takes its indentation with it: white space stays white space, and the page stays small.
 */

const markup = Symbol('markup');

/** A piece of finished markup. */
export interface Markup {
  readonly [markup]: string;
}

export type Value = string | number | Markup | readonly Value[] | false | null | undefined;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text to markup. Characters that XML cannot carry become U+FFFD. */
export function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Marks our own constants as markup. Never call it with anything that a release carries. */
export function raw(constant: string): Markup {
  return { [markup]: constant };
}

function isMarkup(value: unknown): value is Markup {
  return typeof value === 'object' && value !== null && markup in value;
}

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (isMarkup(value)) return value[markup];
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return String(value);
  return value.map(render).join('');
}

const laidOut = new WeakMap<TemplateStringsArray, string[]>();

function withoutLayout(strings: TemplateStringsArray): string[] {
  const known = laidOut.get(strings);
  if (known) return known;
  const dense = strings.map((text) => text.replace(/\s*\n\s*/g, '\n'));
  if (dense.slice(0, -1).some((text) => /=\s*$/.test(text))) throw new TypeError('a value in an attribute stands in quotes');
  laidOut.set(strings, dense);
  return dense;
}

/** @throws TypeError when a value stands in an attribute without quotes, where escaping would not hold */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const dense = withoutLayout(strings);
  return raw(dense.map((text, i) => text + (i < values.length ? render(values[i]) : '')).join(''));
}

export function toText(value: Markup): string {
  return value[markup];
}
