/** What a command is: its declaration, and what it does with the words it was given. */
import type { Arguments, CommandSpec } from './arguments.ts';

export interface Command {
  readonly spec: CommandSpec;
  /** Resolves to the exit code. Whatever it throws becomes one sentence, a code and exit code 1. */
  run(args: Arguments): Promise<number>;
}
