/** `npm run bench`: every bench of the house, one after the other. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

let failed = 0;
for (const bench of ['sealing.ts']) {
  const done = spawnSync(process.execPath, [join(import.meta.dirname, bench), ...process.argv.slice(2)], { stdio: 'inherit' });
  if (done.status !== 0) failed += 1;
}
process.exitCode = failed === 0 ? 0 : 1;
