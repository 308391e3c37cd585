/** A real Chromium with a profile on disk, as the people of a journey use it. */
import { existsSync } from 'node:fs';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

const executablePath = process.env['ZAJIL_CHROMIUM'] ?? '/usr/bin/chromium';

export const hasChromium: boolean = existsSync(executablePath);

export interface Person {
  readonly locale: 'ar' | 'en-GB';
  readonly screen: 'phone' | 'laptop';
}

const screens = { phone: { width: 360, height: 740 }, laptop: { width: 1280, height: 800 } };

/** @param profile - folder of the browser's profile; what it keeps there can be searched afterwards */
export async function openBrowser(profile: string, { locale, screen }: Person): Promise<{ context: BrowserContext; page: Page }> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    viewport: screens[screen],
    locale,
    // Without a UTF-8 locale Chromium cannot open a file whose name is Arabic.
    env: { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' },
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(60_000);
  return { context, page };
}
