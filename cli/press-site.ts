/** Builds the public site of an open newsroom into a folder; the desk is handed this, since no app imports another. */
import { readFile } from 'node:fs/promises';
import type { Newsroom } from '@zajil/desk';
import { buildSite, writeSite } from '@zajil/press';
import { builtPage } from './places.ts';

export interface Pressed {
  readonly releases: number;
  readonly files: number;
}

export async function pressSite(newsroom: Newsroom, folder: string): Promise<Pressed> {
  const page = builtPage('verify/page');
  const input = await newsroom.siteInput();
  const site = await buildSite({ ...input, ...(page !== undefined && { verifyPage: new Uint8Array(await readFile(page)) }) });
  const { files } = await writeSite(folder, site);
  return { releases: input.cleared.length, files };
}
