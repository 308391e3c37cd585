/** A relay in a process of its own that is killed at a named point. Arguments: folder, newsroom folder, point. */
import { startWrappedRelay } from './relay.ts';
import type { RelayBlobs } from './relay-blobs.ts';
import type { RelayIndex } from './relay-index.ts';

const [folder = '', newsroomFolder = '', point = ''] = process.argv.slice(2);

function reach(name: string): void {
  if (name === point) process.kill(process.pid, 'SIGKILL');
}

const around = (inner: RelayBlobs): RelayBlobs => ({
  put: async (name, file) => {
    reach('pieces-flushed');
    await inner.put(name, file);
    reach('parcel-durable');
  },
  length: async (name) => await inner.length(name),
  read: async (name, from, to) => await inner.read(name, from, to),
  delete: async (name) => await inner.delete(name),
});

function aroundIndex(inner: RelayIndex): RelayIndex {
  return new Proxy(inner, {
    get: (target, property) => {
      if (property === 'take') {
        return async (parcel: Parameters<RelayIndex['take']>[0]) => {
          const row = await target.take(parcel);
          reach('promise-durable');
          return row;
        };
      }
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

const relay = await startWrappedRelay({ folder, host: '127.0.0.1', port: 0, newsroomFolder }, { blobs: around, index: aroundIndex });
process.stdout.write(`${relay.url}\n`);
