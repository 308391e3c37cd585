/** `npm start`: a newsroom on this machine: a relay with the phone's page, a desk, and the public site. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from '../command.ts';
import { untilStopped } from '../listen.ts';
import { cliEntry } from '../places.ts';
import { serveSite } from '../site-server.ts';

const host = '127.0.0.1';
const usualPorts = { relay: 8460, desk: 8461, site: 8462 };

type Ports = typeof usualPorts;

export const start: Command = {
  spec: {
    name: 'start',
    help: 'run a newsroom on this machine: relay, desk and public site',
    options: { home: { value: 'FOLDER', help: 'where everything lies (ZAJIL_HOME, else .zajil here)' } },
  },
  async run(args) {
    const home = resolve(args.text('home') ?? process.env['ZAJIL_HOME'] ?? '.zajil');
    await mkdir(home, { recursive: true, mode: 0o700 });
    const ports = await choosePorts(join(home, 'ports.json'));
    const desk = join(home, 'desk');
    const site = join(home, 'site');
    const children: ChildProcess[] = [];
    try {
      const relayUrl = await startChild(children, [
        'relay',
        '--dir',
        join(home, 'relay'),
        '--listen',
        `${host}:${ports.relay}`,
        '--newsroom',
        desk,
      ]);
      const deskUrl = await startChild(children, [
        'desk',
        '--dir',
        desk,
        '--listen',
        `${host}:${ports.desk}`,
        '--relay',
        relayUrl,
        '--site',
        site,
      ]);
      const published = await serveSite(site, host, ports.site);
      tell({ relayUrl, deskUrl, siteUrl: published.url, home });
      await Promise.race([untilStopped(), ...children.map(untilEnded)]);
      await published.stop();
      return children.some((child) => child.exitCode !== null && child.exitCode !== 0) ? 1 : 0;
    } finally {
      await Promise.all(children.map(stopChild));
    }
  },
};

function tell({ relayUrl, deskUrl, siteUrl, home }: { relayUrl: string; deskUrl: string; siteUrl: string; home: string }): void {
  process.stdout.write(`
  The phone's page  ${relayUrl}
  The desk          ${deskUrl}
  The public site   ${siteUrl}

  First: open the desk. It founds your newsroom (or asks for its passphrase), and makes
  an invitation: open that on a phone, or in another window, and send something.

  Everything lies in ${home}. Ctrl-C ends it; npm start finds it again.
`);
}

/** The same three ports each time; others only where somebody else listens. */
async function choosePorts(path: string): Promise<Ports> {
  const kept = await readFile(path, 'utf8').then(
    (text) => JSON.parse(text) as Ports,
    () => usualPorts,
  );
  const ports = { ...kept };
  for (const name of ['relay', 'desk', 'site'] as const) {
    if (await isFree(kept[name])) continue;
    ports[name] = await anyFree();
    process.stderr.write(
      `Port ${kept[name]} is in use by another program; the ${name} takes ${ports[name]}. Invitations that name the old port reach nobody.\n`,
    );
  }
  await writeFile(path, JSON.stringify(ports));
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  return await new Promise((done) => {
    const probe = createServer();
    probe.once('error', () => done(false));
    probe.listen(port, host, () => void probe.close(() => done(true)));
  });
}

async function anyFree(): Promise<number> {
  return await new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, host, () => {
      const address = probe.address();
      probe.close(() => done(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Starts a command in a process of its own and resolves to the address that it prints first. */
async function startChild(children: ChildProcess[], words: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [cliEntry, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  if (!child.stdout) throw new Error('a child without an output');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return line.trim();
  throw new Error(`the ${words[0]} ended before it listened`);
}

async function untilEnded(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await untilEnded(child);
}
