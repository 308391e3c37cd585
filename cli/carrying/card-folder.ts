/**
 * A folder on a memory card: bags under dull 8.3 names, written whole or not at all, over nothing that is there. A card
 * may be FAT and may be pulled out at any moment.
 */
import { type FileHandle, access, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { equalBytes, bagMagic, giveBack } from '@zajil/format';
import { type CardFilePlan, LineError, type Spool, cardBytes } from '@zajil/line';
import { CliError } from '../refusal.ts';

/** The same for every file: when it was written is nobody's to find. Even seconds and a day that FAT knows. */
const dullTime = new Date('2020-01-01T12:00:00Z');
const halfWritten = /^DATA\d{4}\.TMP$/i;
const mostFiles = 9999;

export class CardFolder {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Clears what an earlier run left half written. @throws the system's error when the folder is not there */
  static async open(path: string): Promise<CardFolder> {
    const folder = new CardFolder(path);
    for (const name of await readdir(path)) if (halfWritten.test(name) && (await isBag(join(path, name)))) await rm(join(path, name));
    return folder;
  }

  /**
   * Writes one file and returns its name. When it is there under that name, it is whole and on the card itself, not in
   * the machine's memory.
   *
   * @throws CliError `CLI_CARD_GONE` when the card cannot be written to the end
   */
  async write(plan: CardFilePlan, spool: Pick<Spool, 'readHead' | 'readPieces'>, onBytes: (bytes: number) => void): Promise<string> {
    const number = await this.#freeNumber();
    const temporary = join(this.#path, `${number}.TMP`);
    const name = `${number}.BIN`;
    try {
      await onto(temporary, plan, spool, onBytes);
      // The number is ours since the temporary file was made; a name that appeared meanwhile is not written over.
      if (await isThere(join(this.#path, name)))
        throw new CliError(
          'CLI_OUTPUT_EXISTS',
          `Something else wrote to this card at the same time. Nothing was overwritten and nothing here was changed; run this again`,
        );
      await rename(temporary, join(this.#path, name));
      await sync(this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw refusalOf(error);
    }
    return name;
  }

  /** The first number that stands in no name, whatever its ending and case. */
  async #freeNumber(): Promise<string> {
    const taken = new Set((await readdir(this.#path)).map((name) => name.slice(0, 8).toUpperCase()));
    for (let i = 1; i <= mostFiles; i += 1) {
      const number = `DATA${String(i).padStart(4, '0')}`;
      if (!taken.has(number)) return number;
    }
    throw new CliError(
      'CLI_OUTPUT_EXISTS',
      'There is no free name left in this folder. Nothing was written; take an empty folder on the card',
    );
  }
}

async function onto(
  path: string,
  plan: CardFilePlan,
  spool: Pick<Spool, 'readHead' | 'readPieces'>,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const chunk of cardBytes(plan, spool)) {
      const { length } = chunk;
      await writeAll(file, chunk);
      giveBack(chunk);
      onBytes(length);
    }
    await file.utimes(dullTime, dullTime);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += (await file.write(bytes, at)).bytesWritten;
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** A file of that name that is not ours is left alone. */
async function isBag(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(new Uint8Array(bagMagic.length), 0, bagMagic.length, 0);
    return bytesRead === 0 || equalBytes(buffer.subarray(0, bytesRead), bagMagic.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}

/** Windows cannot open folders. */
async function sync(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const opened = await open(folder, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}

const ownSentence = new Set(['ENOSPC', 'EDQUOT', 'EACCES', 'EPERM', 'EROFS']);

function refusalOf(error: unknown): unknown {
  if (error instanceof LineError || error instanceof CliError) return error;
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || ownSentence.has(error.code)) return error;
  return new CliError(
    'CLI_CARD_GONE',
    'The card could not be written to the end. Nothing here was changed and all of it still waits; put the card in again and run this again',
    error,
  );
}
