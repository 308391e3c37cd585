/** Files that a person picked or dropped, also whole folders, as the recipe takes them. Nothing is read yet. */
import type { Content, HandedFile } from '../index.ts';

/** @param list - of an input element; a folder's files carry their path */
export function handPicked(list: FileList): HandedFile[] {
  return [...list].map((file) => hand(file, file.webkitRelativePath || file.name));
}

/** Folders are walked. Must be called while the drop event lasts; the walk itself may last longer. */
export async function handDropped(items: DataTransferItemList): Promise<HandedFile[]> {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return (await Promise.all(entries.map((entry) => walk(entry)))).flat();
}

async function walk(entry: FileSystemEntry): Promise<HandedFile[]> {
  const path = entry.fullPath.replace(/^\//, '');
  if (entry.isFile) return [hand(await fileOf(entry as FileSystemFileEntry), path)];
  const children = await childrenOf((entry as FileSystemDirectoryEntry).createReader());
  return (await Promise.all(children.map((child) => walk(child)))).flat();
}

async function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return await new Promise((resolve, reject) => {
    entry.file(resolve, reject);
  });
}

/** The reader gives at most a hundred at a time. */
async function childrenOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

function hand(file: File, path: string): HandedFile {
  return { path, read: (): Promise<Content> => Promise.resolve(chunksOf(file)) };
}

/** Not every browser iterates over a stream by itself. */
async function* chunksOf(file: File): AsyncIterable<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
