/** Standard base64 with padding (RFC 4648 section 4), as C2SP texts use it; one spelling for every value. */
import { fromBase64Url, toBase64Url } from '@zajil/format';

export function toBase64(bytes: Uint8Array): string {
  const text = toBase64Url(bytes).replaceAll('-', '+').replaceAll('_', '/');
  return text + '='.repeat((4 - (text.length % 4)) % 4);
}

/** Strict: padded, no foreign character, unused bits zero. @throws FormatError `FORMAT_TEXT` */
export function fromBase64(text: string): Uint8Array {
  const bare = text.replace(/={1,2}$/, '');
  // The alphabet of base64url is a stranger here: turning its letters into '.' lets the strict parser refuse them.
  const bytes = fromBase64Url(bare.replaceAll(/[-_]/g, '.').replaceAll('+', '-').replaceAll('/', '_'));
  if (toBase64(bytes) !== text) return fromBase64Url('.');
  return bytes;
}
