#!/usr/bin/env node
/** The one command `zajil`: finds the command that was named, runs it, and turns a refusal into one sentence. */
import { helpOf, readArguments, usageOf } from './arguments.ts';
import type { Command } from './command.ts';
import { CliError, complaintOf } from './refusal.ts';

/** Loaded only when named, so that each command starts with no more than it needs. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  'newsroom found': async () => (await import('./commands/found.ts')).found,
  'newsroom invite': async () => (await import('./commands/invite.ts')).invite,
  relay: async () => (await import('./commands/relay.ts')).relay,
  send: async () => (await import('./commands/send.ts')).send,
  collect: async () => (await import('./commands/collect.ts')).collect,
  'bag out': async () => (await import('./commands/bag-out.ts')).bagOut,
  'bag forward': async () => (await import('./commands/bag-forward.ts')).bagForward,
  'bag in': async () => (await import('./commands/bag-in.ts')).bagIn,
  exhibits: async () => (await import('./commands/exhibits.ts')).exhibits,
  want: async () => (await import('./commands/want.ts')).want,
  export: async () => (await import('./commands/export.ts')).exportExhibit,
  release: async () => (await import('./commands/release.ts')).release,
  press: async () => (await import('./commands/press.ts')).press,
  verify: async () => (await import('./commands/verify.ts')).verify,
  desk: async () => (await import('./commands/desk.ts')).desk,
  start: async () => (await import('./commands/start.ts')).start,
  demo: async () => (await import('./commands/demo.ts')).demo,
};

/** @returns the exit code: 0 done, 1 refused, 2 the words made no sense */
export async function main(words: readonly string[]): Promise<number> {
  const name = commands[words.slice(0, 2).join(' ')] ? words.slice(0, 2).join(' ') : (words[0] ?? '');
  const load = commands[name];
  if (!load) return await overview(name);
  const rest = words.slice(name.split(' ').length);
  try {
    const command = await load();
    if (rest.includes('--help')) {
      process.stdout.write(helpOf(command.spec));
      return 0;
    }
    return await command.run(readArguments(command.spec, rest));
  } catch (error) {
    const { code, message } = complaintOf(error);
    if (rest.includes('--json')) process.stdout.write(`${JSON.stringify({ event: 'refused', code, message })}\n`);
    process.stderr.write(`zajil: ${message} [${code}]\n`);
    if (process.env['ZAJIL_TRACE']) console.error(error);
    return error instanceof CliError && code === 'CLI_USAGE' ? 2 : 1;
  }
}

async function overview(name: string): Promise<number> {
  const asked = name === '' || name === '--help' || name === 'help';
  const out = asked ? process.stdout : process.stderr;
  if (!asked) out.write(`zajil: there is no command "${name.slice(0, 40)}" [CLI_USAGE]\n\n`);
  out.write('zajil, the newsroom of citizen journalists who are hunted\n\n');
  for (const load of Object.values(commands)) {
    const { spec } = await load();
    out.write(`  ${usageOf(spec)}\n      ${spec.help}\n`);
  }
  return asked && name !== '' ? 0 : 2;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
