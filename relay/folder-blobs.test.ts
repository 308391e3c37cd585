import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { blobsSuite } from './blobs.suite.ts';
import { FolderBlobs } from './folder-blobs.ts';
import { freshFolder } from './rig.ts';

blobsSuite('folder', async () => {
  const folder = await freshFolder();
  const [parcels, staging] = [join(folder, 'parcels'), join(folder, 'staging')];
  await mkdir(staging);
  return { blobs: new FolderBlobs(parcels), reopen: async () => new FolderBlobs(parcels), staging };
});
