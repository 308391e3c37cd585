/** The door of `field`: where the built page lies, for whoever hands it out. The page itself is built by `vite.config.ts`. */

/** One HTML file that asks for nothing else. It is there once `field` was built. */
export const fieldPage = new URL('./dist/index.html', import.meta.url);
