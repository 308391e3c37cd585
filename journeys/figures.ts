/** What a journey measured: printed, and kept for the dated report when the drills run at full size. */
import { appendFileSync } from 'node:fs';

/** Full size, as `npm run drills` runs them; small forms otherwise. */
export const fullSize: boolean = process.env['ZAJIL_DRILLS'] === '1';

export function figure(drill: string, what: string, value: string): void {
  process.stdout.write(`  ${drill}: ${what}: ${value}\n`);
  const log = process.env['ZAJIL_FIGURES'];
  if (log) appendFileSync(log, `${JSON.stringify({ drill, what, value })}\n`);
}
