/**
 * `npm run build`: beside the pages that the set-up built, the relay and the command as one file each, with their
 * SHA-256, into `dist/`. They run on Node 26 without `node_modules`.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleForNode } from './bundles.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = join(root, 'dist');
mkdirSync(out, { recursive: true });
for (const [name, entry] of [
  ['zajil.mjs', 'cli/zajil.ts'],
  ['zajil-relay.mjs', 'relay/index.ts'],
] as const) {
  const { text, modules } = await bundleForNode(join(root, entry));
  writeFileSync(join(out, name), text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  process.stdout.write(`${sha256}  dist/${name}  ${Math.round(text.length / 1000)} kB from ${modules.length} modules\n`);
}
