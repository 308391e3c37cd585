/**
 * Builds the page as one HTML file that asks for nothing: script, style and worker are inside it. Workspaces resolve by
 * the browser's conditions, so that no room's Node door can come in.
 */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** In which file of a library, what is found there, and what stands there instead. */
const leftOut = [
  [
    /age-encryption\/dist\/recipients\.js$/,
    'import { MLKEM768P256, MLKEM768X25519 } from',
    'const MLKEM768P256 = null; import { MLKEM768X25519 } from',
  ],
  [/age-encryption\/dist\/recipients\.js$/, 'import { p256 } from "@noble/curves/nist.js";', 'const p256 = null;'],
  [/post-quantum\/hybrid\.js$/, '= QSF(', '= /* @__PURE__ */ QSF('],
  [/post-quantum\/hybrid\.js$/, 'ml_kem768, ecdhKem(p256, true)', 'ml_kem768, /* @__PURE__ */ ecdhKem(p256, true)'],
  [/post-quantum\/hybrid\.js$/, 'ml_kem1024, ecdhKem(p384, true)', 'ml_kem1024, /* @__PURE__ */ ecdhKem(p384, true)'],
] as const;

/**
 * Leaves out the curves P-256 and P-384. The age library carries one for hardware keys (`age1tag…`); the phone seals
 * only to `mlkem768x25519`, and every kilobyte of the page has to come through the line first. Stops the build when a
 * library no longer looks as it did.
 */
function withoutOtherCurves(): Plugin {
  return {
    name: 'without-other-curves',
    transform(code, id) {
      const mine = leftOut.filter(([file]) => file.test(id));
      if (mine.length === 0) return null;
      for (const [, found] of mine) if (!code.includes(found)) throw new Error('a library has changed: look at leftOut');
      return { code: mine.reduce((text, [, found, instead]) => text.replaceAll(found, instead), code), map: null };
    },
  };
}

const included = new Set<string>();

/** Notes every module that goes into the page or its worker, by its path from the project's root. */
function collectModules(): Plugin {
  return {
    name: 'collect-modules',
    generateBundle(_, bundle) {
      for (const chunk of Object.values(bundle)) {
        if (chunk.type === 'chunk') for (const id of Object.keys(chunk.modules)) included.add(id.replace(dirname(import.meta.dirname), ''));
      }
    },
  };
}

/** Writes them beside the page, for the bundle check. */
function writeModules(): Plugin {
  return {
    name: 'write-modules',
    async closeBundle() {
      await writeFile(join(import.meta.dirname, 'dist', 'modules.json'), JSON.stringify([...included].sort()));
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  // Two versions of one curve library would double its weight.
  resolve: { conditions: ['browser', 'module', 'import', 'default'], dedupe: ['@noble/curves', '@noble/hashes', '@noble/ciphers'] },
  plugins: [withoutOtherCurves(), collectModules(), viteSingleFile({ removeViteModuleLoader: true }), writeModules()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  worker: { format: 'iife', plugins: () => [withoutOtherCurves(), collectModules()] },
  build: { target: 'chrome94', outDir: 'dist', emptyOutDir: true, modulePreload: false, reportCompressedSize: true },
});
