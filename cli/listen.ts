/** Reads `HOST:PORT`, and waits for the end of a server's life. */
import { CliError } from './refusal.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws CliError `CLI_USAGE` */
export function parseListen(text: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^\s:/]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  if (!host || port > 65_535) throw new CliError('CLI_USAGE', '--listen wants HOST:PORT, for example 127.0.0.1:8460');
  return { host, port };
}

/** Resolves at SIGTERM or SIGINT; a second one ends the process at once. */
export async function untilStopped(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stop = (): void => {
      process.once('SIGINT', () => process.exit(1));
      process.once('SIGTERM', () => process.exit(1));
      resolve();
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
  });
}
