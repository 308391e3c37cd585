/**
 * The chain file: signed notes, one after the other, each over one statement. Cutting it up proves nothing yet.
 *
 * `docs/protocol.md` section "Roster". A note here is exactly: label, canonical JSON, an empty line, and signature lines.
 */
import { FormatError, parseStatement, type Statement, statementHash, toHex } from '@zajil/format';
import { RosterError } from './refusal.ts';

/** Characters; all of a chain but the names of keys is ASCII. */
export const mostChainChars = 4_000_000;

/** One statement of a chain, unverified. */
export interface ChainLink {
  readonly note: string;
  readonly statement: Statement;
  /** Hex of SHA-256 over the statement's text: by this the next one names it. */
  readonly hash: string;
}

/** @throws RosterError `ROSTER_TOO_LONG`, `ROSTER_TRUNCATED`, `ROSTER_TEXT` */
export function splitChain(chain: string): ChainLink[] {
  if (chain.length > mostChainChars) throw new RosterError('ROSTER_TOO_LONG', 'roster is larger than any newsroom needs; it was not read');
  if (!chain.endsWith('\n')) throw truncated();
  const lines = chain.slice(0, -1).split('\n');
  const links: ChainLink[] = [];
  for (let at = 0; at < lines.length;) {
    const signatures = countSignatures(lines, at + 3);
    if (signatures === 0 && at + 3 >= lines.length) throw truncated();
    if (lines[at + 2] !== '' || signatures === 0) throw new RosterError('ROSTER_TEXT', 'roster is not a chain of signed statements');
    links.push(toLink(lines.slice(at, at + 3 + signatures)));
    at += 3 + signatures;
  }
  return links;
}

function countSignatures(lines: readonly string[], from: number): number {
  let count = 0;
  while (lines[from + count]?.startsWith('— ')) count++;
  return count;
}

function toLink(lines: readonly string[]): ChainLink {
  const text = `${lines[0]}\n${lines[1]}\n`;
  try {
    return { note: `${lines.join('\n')}\n`, statement: parseStatement(text), hash: toHex(statementHash(text)) };
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RosterError('ROSTER_TEXT', 'roster has a statement that this program does not understand; a newer one may', cause);
  }
}

function truncated(): RosterError {
  return new RosterError('ROSTER_TRUNCATED', 'roster was cut short on its way; fetch it again');
}
