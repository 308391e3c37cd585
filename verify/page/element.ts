/** Elements without markup: text is always text. */

type Child = Node | string | null;

/** @param attributes - `false` leaves one out, `true` sets it empty */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== false) made.setAttribute(name, value === true ? '' : value);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Hashes, names and paths: they keep their own direction. */
export function isolated(text: string, dir: 'ltr' | 'auto' = 'auto'): HTMLElement {
  return element('bdi', dir === 'ltr' ? { dir, class: 'id' } : {}, text);
}
