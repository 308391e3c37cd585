/** What one vector file holds: one rule of `docs/protocol.md`, one input, and what must come of it. */
import type { FormatCode } from '@zajil/format';

/** Bytes as hex or base64, a text, or named arguments whose bytes are hex. */
export type VectorInput = { readonly hex: string } | { readonly text: string } | { readonly base64: string } | VectorArguments;
export type VectorArguments = Readonly<Record<string, string | number | boolean>>;

export interface Vector {
  /** Folder: the rule. */
  readonly rule: string;
  /** File name: the one fault, or what is shown. */
  readonly name: string;
  readonly comment: string;
  /** `refused`: by whoever opens it, with a code of its own. */
  readonly expect: 'ok' | 'refused' | FormatCode;
  readonly input: VectorInput;
  /** What is read, with bytes as hex; of a bag also what comes before the fault. */
  readonly value?: unknown;
}

export function ok(rule: string, name: string, comment: string, input: VectorInput, value: unknown): Vector {
  return { rule, name, comment, expect: 'ok', input, value: toPlain(value) };
}

export function refused(rule: string, name: string, expect: FormatCode, comment: string, input: VectorInput, value?: unknown): Vector {
  const vector = { rule, name, comment, expect, input };
  return value === undefined ? vector : { ...vector, value: toPlain(value) };
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes become hex, so that a value can be written to a file and compared with one. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Uint8Array) return hex(value);
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

/** The same bytes from this place on replaced. */
export function patch(bytes: Uint8Array, at: number, ...values: readonly number[]): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.set(values, at);
  return copy;
}

export function filled(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

/** The file as it is written: one field a line. */
export function fileText({ rule, comment, expect, input, value }: Vector): string {
  return `${JSON.stringify({ rule, comment, expect, input, ...(value === undefined ? {} : { value }) }, null, 2)}\n`;
}
