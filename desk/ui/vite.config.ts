/** Builds the desk's screen as one HTML file that asks nothing of anybody but the desk on this machine. */
import { defineConfig } from 'vite';
import { viteSingleFile } from 'vite-plugin-singlefile';

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  resolve: { conditions: ['browser', 'module', 'import', 'default'] },
  plugins: [viteSingleFile({ removeViteModuleLoader: true })],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: { target: 'chrome110', outDir: 'dist', emptyOutDir: true, modulePreload: false },
});
