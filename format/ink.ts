/**
 * The four inks: who may hold what is said in the types.
 *
 * `Ciphertext` is a branded array, free to travel. `Plaintext` and `Secret` hide their bytes behind a `#private`
 * field, so that TypeScript refuses them wherever bytes are written or sent; `readPlaintext` and `revealSecret` are
 * the only ways out and can be found by searching for them. `Cleared` is what reviewers released.
 */

declare const ciphertext: unique symbol;

/** Sealed bytes; whoever finds them learns only their length. */
export type Ciphertext = Uint8Array & { readonly [ciphertext]: true };

/** Marks bytes as ciphertext. Only `seal`, and parsers of sealed bytes off the wire or the disk, call this. */
export function asCiphertext(bytes: Uint8Array): Ciphertext {
  return bytes as Ciphertext;
}

const inspect = Symbol.for('nodejs.util.inspect.custom');

/** Opened bytes. Never serialises, prints or spreads. */
export class Plaintext {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  static read(plaintext: Plaintext): Uint8Array {
    return plaintext.#bytes;
  }

  toJSON(): string {
    return '<plaintext>';
  }

  [inspect](): string {
    return '<plaintext>';
  }
}

/** The one way out of a `Plaintext`. The caller keeps what it returns in memory. */
export function readPlaintext(plaintext: Plaintext): Uint8Array {
  return Plaintext.read(plaintext);
}

/** Key material. Never serialises, prints or spreads; `wipe` zeroes it. */
export class Secret {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  static reveal(secret: Secret): Uint8Array {
    return secret.#bytes;
  }

  /** Overwrites the bytes in place; copies that a library made are beyond its reach. */
  wipe(): void {
    this.#bytes.fill(0);
  }

  toJSON(): string {
    return '<secret>';
  }

  [inspect](): string {
    return '<secret>';
  }
}

/** The one way out of a `Secret`. */
export function revealSecret(secret: Secret): Uint8Array {
  return Secret.reveal(secret);
}

declare const cleared: unique symbol;

/** A value that reviewers released to the world; the only thing that `press` accepts. */
export type Cleared<T> = T & { readonly [cleared]: true };

/** Marks a value as cleared. Only the desk's release step calls this, after its reviewers signed. */
export function asCleared<T>(value: T): Cleared<T> {
  return value as Cleared<T>;
}
