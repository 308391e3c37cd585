/** A handful of checks that a screen can be read and used by everybody: names, contrast, overflow, targets. They run inside the page. */
import type { Page } from 'playwright-core';

/** Every complaint about what is on the screen now, in words; empty when there is none. */
export async function complaints(page: Page): Promise<string[]> {
  return [...(await page.evaluate(namesAndTargets)), ...(await page.evaluate(contrasts)), ...(await page.evaluate(frame))];
}

/** Whatever can be operated has a name, and is at least 44 pixels high (a tick box: with its label). */
function namesAndTargets(): string[] {
  const found: string[] = [];
  const leastPixels = 44;
  const controls = document.querySelectorAll<HTMLElement>('button, a[href], input, textarea, summary, video, audio, [role=img], img');
  for (const element of controls) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || element.closest('.skip')) continue;
    const labels = 'labels' in element ? [...((element as HTMLInputElement).labels ?? [])] : [];
    const name =
      element.getAttribute('aria-label') ??
      element.getAttribute('alt') ??
      (labels.map((label) => label.textContent).join(' ') || element.textContent) ??
      '';
    const told = `${element.tagName.toLowerCase()} "${name.trim().slice(0, 40)}"`;
    if (name.trim() === '') found.push(`${told} has no name`);
    const isTarget = !element.matches('video, audio, img, [role=img], a');
    const height = Math.max(box.height, ...labels.map((label) => (label.contains(element) ? label.getBoundingClientRect().height : 0)));
    if (isTarget && height < leastPixels - 0.5) found.push(`${told} is ${height.toFixed(0)} pixels high`);
  }
  return found;
}

/** Every text has at least 4.5 to 1 against what is painted behind it (WCAG 2.2, 1.4.3). */
function contrasts(): string[] {
  const least = 4.5;
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  if (!canvas) return ['no canvas to measure colours with'];
  canvas.canvas.width = canvas.canvas.height = 1;
  const mix = (under: number[], colour: string): number[] => {
    canvas.fillStyle = `rgb(${under.join(' ')})`;
    canvas.fillRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return Array.from(canvas.getImageData(0, 0, 1, 1).data.subarray(0, 3));
  };
  const behind = (element: Element | null): number[] => {
    if (!element) return mix([255, 255, 255], 'Canvas');
    return mix(behind(element.parentElement), getComputedStyle(element).backgroundColor);
  };
  const luminance = (rgb: number[]): number => {
    const [r = 0, g = 0, b = 0] = rgb.map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent?.trim() ?? '';
    const element = texts.currentNode.parentElement;
    if (text === '' || !element || element.closest('script, style, svg, .unseen, .skip') || element.getBoundingClientRect().width === 0)
      continue;
    const ground = behind(element);
    const [a, b] = [luminance(mix(ground, getComputedStyle(element).color)), luminance(ground)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < least) found.push(`"${text.slice(0, 40)}" has ${ratio.toFixed(2)} to 1`);
  }
  return found;
}

/** Nothing sticks out sideways; language and direction are said; one first heading at most; no id twice. */
function frame(): string[] {
  const found: string[] = [];
  const out = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (out > 0) found.push(`the page is ${out} pixels too wide`);
  const { lang, dir } = document.documentElement;
  if ((lang === 'ar') !== (dir === 'rtl') || lang === '') found.push(`language "${lang}" with direction "${dir}"`);
  if (document.querySelectorAll('h1').length > 1) found.push('two first headings');
  if (document.querySelectorAll('main').length > 1) found.push('two main parts');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
  if (twice.length > 0) found.push(`ids used twice: ${twice.join(', ')}`);
  return found;
}
