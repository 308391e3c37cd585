/** Time against bytes held, a panel for each line: windows shaded, a stroke for each sender. SVG by hand, for day and night. */
import type { LineWindow } from './weather.ts';

export interface Curve {
  readonly sender: string;
  readonly title: string;
  /** Seconds since the line began, and distinct bytes held from then on. Growing. */
  readonly points: readonly { readonly at: number; readonly held: number }[];
}

export interface Panel {
  readonly title: string;
  readonly bytes: number;
  /** Seconds. */
  readonly until: number;
  readonly windows: readonly LineWindow[];
  readonly curves: readonly Curve[];
}

const width = 900;
const left = 64;
const right = 20;
const plotHeight = 190;
const panelHeight = plotHeight + 86;
const legendHeight = 40;
/** No more points than can be seen. */
const stepPixels = 1;

/** Strokes differ in colour and in dashes; both are told apart on white and on black. */
const strokes: Readonly<Record<string, string>> = {
  zajil: 'stroke="#d1495b" stroke-width="2.5"',
  'tus-watched': 'stroke="#2e86c1" stroke-width="2" stroke-dasharray="7 3"',
  tus: 'stroke="#b7950b" stroke-width="2" stroke-dasharray="2 3"',
};
const usualStroke = 'stroke="#888" stroke-width="1.5"';

export function formatPlot(panels: readonly Panel[]): string {
  const height = legendHeight + panels.length * panelHeight;
  const titles = new Map(panels.flatMap(({ curves }) => curves.map(({ sender, title }) => [sender, title] as const)));
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#808080">`,
    '<title>Distinct bytes held at the relay over time, on lines that come and go</title>',
    legend([...titles]),
    ...panels.map((panel, i) => formatPanel(panel, legendHeight + i * panelHeight)),
    '</svg>',
  ].join('\n')}\n`;
}

function legend(titles: readonly (readonly [string, string])[]): string {
  const room = (width - left - right - 130) / Math.max(1, titles.length);
  const entries = titles.map(([sender, title], i) => {
    const x = left + i * room;
    return `<line x1="${round(x)}" y1="20" x2="${round(x + 28)}" y2="20" ${strokes[sender] ?? usualStroke}/><text x="${round(x + 35)}" y="24.5">${escape(title)}</text>`;
  });
  const x = width - right - 120;
  return [...entries, `<rect x="${x}" y="12" width="24" height="16" ${shade}/><text x="${x + 31}" y="24.5">line is alive</text>`].join(
    '\n',
  );
}

const shade = 'fill="#7fb77e" fill-opacity="0.28"';

function formatPanel({ title, bytes, until, windows, curves }: Panel, top: number): string {
  const base = top + 30 + plotHeight;
  const x = (second: number): number => left + (Math.min(second, until) / until) * (width - left - right);
  const y = (held: number): number => base - (held / bytes) * plotHeight;
  const shades = windows
    .filter(({ from }) => from < until)
    .map(
      ({ from, to }) =>
        `<rect x="${round(x(from))}" y="${base - plotHeight}" width="${round(x(to) - x(from))}" height="${plotHeight}" ${shade}/>`,
    );
  const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = round(y(share * bytes));
    const line = `<line x1="${left}" y1="${at}" x2="${width - right}" y2="${at}" stroke="#808080" stroke-opacity="0.35"/>`;
    return `${line}<text x="${left - 8}" y="${round(at + 4.5)}" text-anchor="end">${formatBytes(share * bytes)}</text>`;
  });
  const step = tickSeconds(until);
  const ticks = Array.from({ length: Math.floor(until / step) + 1 }, (_, i) => i * step).map(
    (second) => `<text x="${round(x(second))}" y="${base + 19}" text-anchor="middle">${second === 0 ? '0 s' : second}</text>`,
  );
  const drawn = curves.map(
    ({ sender, points }) =>
      `<path d="${pathOf(points, x, y, until)}" fill="none" stroke-linejoin="round" ${strokes[sender] ?? usualStroke}/>`,
  );
  return [`<text x="${left}" y="${top + 18}" font-weight="600">${escape(title)}</text>`, ...shades, ...shares, ...ticks, ...drawn].join(
    '\n',
  );
}

/** Steps: what is held stays held until more comes. */
function pathOf(points: Curve['points'], x: (second: number) => number, y: (held: number) => number, until: number): string {
  let path = `M${round(x(0))} ${round(y(0))}`;
  let drawn = x(0);
  for (const [i, { at, held }] of points.entries()) {
    if (at > until) break;
    if (x(at) - drawn < stepPixels && i < points.length - 1) continue;
    drawn = x(at);
    path += `H${round(drawn)}V${round(y(held))}`;
  }
  return path;
}

/** About ten ticks, at round numbers. */
function tickSeconds(until: number): number {
  return [10, 20, 30, 60, 120, 300, 600].find((step) => until / step <= 12) ?? 1200;
}

function formatBytes(bytes: number): string {
  return bytes >= 1e6 || bytes === 0 ? `${Number((bytes / 1e6).toFixed(2))} MB` : `${Math.round(bytes / 1000)} kB`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
