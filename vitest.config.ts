import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';

/** Files named `*.browser.test.ts` run in Chromium only, `*.both.test.ts` in Chromium and Node, all others in Node. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          include: ['*/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/*.browser.test.ts', 'journeys/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Found at the first import otherwise, which reloads the page in the middle of a suite.
        optimizeDeps: {
          include: [
            '@noble/ciphers/chacha.js',
            '@noble/curves/ed25519.js',
            '@noble/hashes/hkdf.js',
            '@noble/hashes/sha2.js',
            '@noble/hashes/sha3.js',
            '@noble/hashes/utils.js',
            '@noble/post-quantum/hybrid.js',
            '@preact/signals',
            '@scure/base',
            'age-encryption',
            'fast-check',
            'mediabunny',
            'preact',
            'preact/hooks',
            'preact/jsx-dev-runtime',
            'preact/jsx-runtime',
            'valibot',
          ],
        },
        test: {
          name: 'browser',
          include: ['*/**/*.browser.test.ts', '*/**/*.both.test.ts'],
          exclude: ['**/node_modules/**', 'journeys/**'],
          testTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: process.env['ZAJIL_CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'journeys',
          include: ['journeys/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
