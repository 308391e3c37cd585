/**
 * Who may speak to the desk: only this machine's own browser, with a cookie that it got for a one-time key or for the
 * passphrase. Foreign pages are kept out by Host (DNS rebinding), Origin and Fetch Metadata, and by SameSite.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { DeskError } from '../refusal.ts';

const cookieName = 'zajil-desk';

export class Sessions {
  #oneTimeKey: string | null = randomBytes(24).toString('base64url');
  readonly #tokens = new Set<string>();

  /** To be printed once, in the fragment of the address. */
  get oneTimeKey(): string {
    return this.#oneTimeKey ?? '';
  }

  /** @throws DeskError `DESK_SESSION` when it is wrong or was used */
  redeem(key: string): string {
    const expected = this.#oneTimeKey;
    if (expected === null || !equalText(key, expected))
      throw new DeskError(
        'DESK_SESSION',
        'This link was used already, or is not of this desk. Nothing was changed. Unlock with the passphrase, or start the desk again.',
      );
    this.#oneTimeKey = null;
    return this.begin();
  }

  /** A new session's cookie. The name carries the port, since cookies do not know ports. */
  begin(): string {
    const token = randomBytes(24).toString('base64url');
    this.#tokens.add(token);
    return token;
  }

  isOpen(cookies: string | undefined, port: number): boolean {
    const tokens = readCookies(cookies, `${cookieName}-${port}`);
    return tokens.some((token) => [...this.#tokens].some((known) => equalText(token, known)));
  }

  endAll(): void {
    this.#tokens.clear();
  }
}

/** For the desk's own doors only: a cookie goes to every port of this address, such as a relay's or a site's beside it. */
export function formatCookie(token: string, port: number): string {
  return `${cookieName}-${port}=${token}; Path=/api; HttpOnly; SameSite=Strict`;
}

/** All of that name: a page on another port could set one more, so that the right one is not seen. */
function readCookies(header: string | undefined, name: string): string[] {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('=', 2));
  return pairs.flatMap(([key, value]) => (key === name && value !== undefined ? [value] : []));
}

function equalText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** Is the request addressed to this server by a name that only this machine has? */
export function isOwnHost(host: string | undefined, port: number): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

/** May a page of this origin write? No Origin at all is a program on this machine, which has no cookie by chance. */
export function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || origin === `http://${host ?? ''}`;
}
