/** A size as people write it on cards: 500MB, 2GB, 64 kB. Decimal, as on the card's own label. */
import { CliError } from '../refusal.ts';

const units: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

/** In bytes; undefined when nothing was given. @throws CliError `CLI_USAGE` */
export function readSize(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kmgt]?b?)$/i.exec(text.trim()) ?? [];
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN));
  if (number === '' || !(bytes > 0)) throw new CliError('CLI_USAGE', '--fill wants a size such as 500MB or 2GB');
  return bytes;
}
