/** Puts new words into the spool in every dead time of the line: what somebody writes while nothing goes. */
import { readFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { announceDispatch, type Bell, type FolderSpool } from '@zajil/line';
import type { Kit, KitParcel } from './kit-file.ts';
import { putInto } from './spooling.ts';

const lookEveryMs = 250;

/** @param folder - of the run, where the line writes its weather */
export function putWordsWhenDead(folder: string, kit: Kit, spool: FolderSpool, bell: Bell): void {
  const later = kit.parcels.filter(({ order }) => order > 0);
  let put = 0;
  setInterval(() => {
    const died = readFileSync(join(folder, 'weather'), 'utf8').split(' dead').length - 1;
    const next = later[put];
    if (died <= put || !next) return;
    put += 1;
    void putWords(folder, spool, next).then(() => bell.ring());
  }, lookEveryMs);
}

async function putWords(folder: string, spool: FolderSpool, words: KitParcel): Promise<void> {
  const path = join(folder, 'parcels', words.name);
  await announceDispatch(spool, { key: `d${words.order}`, id: randomBytes(16), urgent: false, order: words.order, wholes: [] });
  await putInto(spool, words, await readFile(`${path}.head`), await readFile(path));
}
