/**
 * Where the page writes a card's file: to the place that a person picks, chunk by chunk, or else as a download. The name
 * says nothing.
 */
export const dullName = 'DATA0001.BIN';

export interface SaveTarget {
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Only now is the file there. */
  close(): Promise<void>;
  abort(): Promise<void>;
}

interface Picking {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/** To be called by a touch. Null when the person thought better of it. */
export async function chooseTarget(page: Picking = globalThis as Picking): Promise<SaveTarget | null> {
  if (!page.showSaveFilePicker) return new Download();
  try {
    return new Picked(await (await page.showSaveFilePicker({ suggestedName: dullName })).createWritable());
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    // Refused here, as in a frame or an opaque origin.
    return new Download();
  }
}

/** The browser writes beside the file and puts it in place when it is closed: a card that is pulled out keeps what it had. */
class Picked implements SaveTarget {
  readonly #stream: FileSystemWritableFileStream;

  constructor(stream: FileSystemWritableFileStream) {
    this.#stream = stream;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#stream.write(bytes);
  }

  async close(): Promise<void> {
    await this.#stream.close();
  }

  async abort(): Promise<void> {
    await this.#stream.abort();
  }
}

/** Each chunk goes to the browser's own store, which uses the disk: the page's memory stays flat. */
class Download implements SaveTarget {
  #chunks: Blob[] = [];

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#chunks.push(new Blob([bytes]));
  }

  async close(): Promise<void> {
    const url = URL.createObjectURL(new Blob(this.#chunks, { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = dullName;
    link.click();
    this.#chunks = [];
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  async abort(): Promise<void> {
    this.#chunks = [];
  }
}
