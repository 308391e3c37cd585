/** May this process make network namespaces, and are the programs there that the line between them needs? */
import { spawnSync } from 'node:child_process';

/** Answers by doing it. */
export function namespacesAllowed(): boolean {
  const name = `zajil-${process.pid}`;
  const works = (program: string, ...args: string[]): boolean => spawnSync(program, args, { stdio: 'ignore' }).status === 0;
  if (!works('python3', '--version') || !works('ethtool', '--version') || !works('ip', 'netns', 'add', name)) return false;
  return works('ip', 'netns', 'delete', name);
}
