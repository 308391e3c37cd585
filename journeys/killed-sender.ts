/** Sends from a spool in a folder until everything is taken; its journey kills it. Arguments: spool, roster's chain, address, token in hex. */
import { readFileSync } from 'node:fs';
import { fromHex } from '@zajil/format';
import { FolderSpool, runSender } from '@zajil/line';
import { verifyRoster } from '@zajil/roster';

const [folder = '', chain = '', base = '', token = ''] = process.argv.slice(2);
const spool = await FolderSpool.open(folder);
process.stdout.write('sending\n');
const { state } = await runSender({
  invitation: { relays: [base], token: fromHex(token), plain: false },
  roster: verifyRoster(readFileSync(chain, 'utf8'), null),
  spool,
  fetch,
  random: Math.random,
  until: 'taken',
  timeoutMs: 120_000,
});
process.stdout.write(`${state}\n`);
