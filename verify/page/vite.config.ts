/** Builds the checking page into one HTML file that works from a disk, offline: `vite build --config verify/page/vite.config.ts`. */
import { createHash } from 'node:crypto';
import { defineConfig, type Plugin } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

/** Lets run exactly what was built, and lets nothing out. */
function sealPolicy(): Plugin {
  return {
    name: 'seal-policy',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        for (const file of Object.values(bundle)) {
          if (file.type === 'asset' && file.fileName.endsWith('.html')) file.source = sealed(String(file.source));
        }
      },
    },
  };
}

function sealed(html: string): string {
  const scripts = hashes(html, /<script[^>]*>([\s\S]*?)<\/script>/g);
  const styles = hashes(html, /<style[^>]*>([\s\S]*?)<\/style>/g);
  const policy = `default-src 'none'; script-src ${scripts}; style-src ${styles}; connect-src 'none'; base-uri 'none'; form-action 'none'`;
  return html.replace(/content="default-src 'none'" data-policy(?:="")?/, () => `content="${policy}"`);
}

function hashes(html: string, elements: RegExp): string {
  return [...html.matchAll(elements)].map(([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`).join(' ');
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  build: { target: 'es2022', outDir: 'dist', emptyOutDir: true, modulePreload: { polyfill: false }, reportCompressedSize: false },
  plugins: [viteSingleFile({ removeViteModuleLoader: true }), sealPolicy()],
});
