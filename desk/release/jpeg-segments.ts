/** The segments that a released JPEG may have: a JFIF head, tables, one frame, scans; nothing that carries words. */

const allowed = new Set([0xdb, 0xc4, 0xc0, 0xc1, 0xc2, 0xda, 0xdd]);
const jfifBytes = 16;

/** True when every byte of the file belongs to a picture and to nothing else. ISO/IEC 10918-1 annex B. */
export function isBareJpeg(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false;
  let at = 2;
  while (at + 4 <= bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const isJfif = marker === 0xe0 && at === 2 && length === jfifBytes;
    if (bytes[at] !== 0xff || length < 2 || !(allowed.has(marker) || isJfif)) return false;
    at += 2 + length;
    if (marker === 0xda) at = endOfScan(bytes, at);
    if (bytes[at] === 0xff && bytes[at + 1] === 0xd9) return at + 2 === bytes.length;
  }
  return false;
}

/** Where the next marker stands that is neither stuffing nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at + 1 < bytes.length) {
    const next = bytes[at + 1] ?? 0;
    if (bytes[at] === 0xff && next !== 0 && (next < 0xd0 || next > 0xd7)) return at;
    at += 1;
  }
  return bytes.length;
}
