/** Up to 256 entries in one file, each behind its 16-bit length. C2SP tlog-tiles, "Log Entries". */
import { Cursor, Writer } from '@zajil/format';
import { LogError } from './refusal.ts';
import { tileWidth } from './tile-path.ts';

/** The most that its 16-bit length can say. */
export const mostEntryBytes = 0xffff;

/** @throws RangeError for more than 256 entries, or one of more than 65,535 bytes */
export function formatEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  if (entries.length > tileWidth) throw new RangeError('a bundle has at most 256 entries');
  const writer = new Writer();
  for (const entry of entries) writer.u16(entry.length).put(entry);
  return writer.bytes();
}

/** @param count - entries that it must have. @throws LogError `LOG_STORE` */
export function parseEntryBundle(bytes: Uint8Array, count: number): Uint8Array[] {
  const cursor = new Cursor(bytes);
  try {
    const entries = Array.from({ length: count }, () => cursor.take(cursor.u16()).slice());
    cursor.end();
    return entries;
  } catch (cause) {
    throw new LogError('LOG_STORE', 'a file of the log is damaged: its entries do not fit its length', cause);
  }
}
