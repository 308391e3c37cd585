/** A file that somebody chose to send: opened once, read by ranges, never copied. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { WordsFile } from '@zajil/format';
import type { DispatchFile } from '@zajil/seal';
import { makeLayer } from '../layers/make.ts';
import { typeOf } from '../layers/probe.ts';
import { CliError } from '../refusal.ts';

export interface ChosenFile {
  readonly words: WordsFile;
  readonly sealing: DispatchFile;
  /** Tells it from another file: name, size and time of the last change. */
  readonly mark: string;
  close(): Promise<void>;
}

/** @throws CliError `CLI_FILE_GONE` */
export async function openChosen(path: string): Promise<ChosenFile> {
  const handle = await open(path).catch((cause: unknown) => {
    throw new CliError(
      'CLI_FILE_GONE',
      'A file that was named cannot be read. Nothing was sealed or sent; check its name and run this again',
      cause,
    );
  });
  const { size, mtimeMs } = await handle.stat();
  const { kind, type } = typeOf(path);
  const name = basename(path).slice(0, 200);
  return {
    words: { kind, type, name, bytes: size },
    sealing: {
      type,
      source: { bytes: size, read: rangeReader(handle) },
      make: (layer) => makeLayer(path, kind, layer),
    },
    mark: JSON.stringify([name, size, mtimeMs]),
    close: () => handle.close(),
  };
}

/** Reads into the same memory again and again. Fewer bytes than asked mean that the file has become shorter. */
function rangeReader(handle: FileHandle): (offset: number, length: number) => Promise<Uint8Array> {
  let bytes = new Uint8Array(0);
  return async (offset, length) => {
    if (bytes.length < length) bytes = new Uint8Array(length);
    let got = 0;
    while (got < length) {
      const { bytesRead } = await handle.read(bytes, got, length - got, offset + got);
      if (bytesRead === 0) break;
      got += bytesRead;
    }
    return bytes.subarray(0, got);
  };
}
