/** What a relay would have written if it kept anything of who knocked. */
import { createConnection } from 'node:net';
import { type Canary, textCanary } from './canary.ts';

/** Knocks as a browser does. @returns the port that it came from, which the relay must not write down */
export async function knock(url: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const socket = createConnection({ host: hostname, port: Number(port) }, () => {
      const { localPort } = socket;
      socket.write('GET /v1/relay HTTP/1.1\r\nHost: relay\r\nUser-Agent: Mozilla/5.0 (canary)\r\nConnection: close\r\n\r\n');
      socket.resume().once('close', () => resolve(localPort ?? 0));
    }).once('error', reject);
  });
}

/** Connections and browsers that the relay wrote down, as text or as bytes. */
export function tracesOf(port: number): Canary[] {
  const address = Buffer.from([127, 0, 0, 1]);
  const socketAddress = Buffer.from([2, 0, port >> 8, port & 255, ...address]);
  return [
    ...['Mozilla/', 'HeadlessChrome', 'AppleWebKit', 'accept-language', `127.0.0.1:${port}`, `"port":${port}`].map((text) =>
      textCanary(text, text),
    ),
    { label: 'address and port, as bytes', bytes: new Uint8Array(socketAddress) },
    {
      label: 'address and port, as mapped bytes',
      bytes: new Uint8Array(Buffer.concat([Buffer.alloc(6), Buffer.from([255, 255]), address])),
    },
  ];
}
