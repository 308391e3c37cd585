/** A browser whose battery is pulled out: no page is told, nothing is tidied. */
import { readdirSync, readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** The browser's battery is pulled out. */
export async function killBrowser(profile: string, page: Page): Promise<void> {
  const gone = new Promise((resolve) => void page.context().once('close', resolve));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const words = readCommand(pid);
    if (words.includes(`--user-data-dir=${profile}`) && !words.some((word) => word.startsWith('--type=')))
      process.kill(Number(pid), 'SIGKILL');
  }
  await gone;
}

function readCommand(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
