/** A small newsroom for the tests of this room: one device, one log, one relay, and keys for two days. */
import type { IntakeKey, KeyScope, Statement } from '@zajil/format';
import { createSigner } from '@zajil/log';
import { appendStatement, nextLink, type Roster, verifyRoster } from './roster.ts';

export const device = createSigner('desk-1.newsroom', new Uint8Array(32).fill(1));
export const stranger = createSigner('desk-2.newsroom', new Uint8Array(32).fill(2));
export const relay = createSigner('relay.example', new Uint8Array(32).fill(3));
export const log = createSigner('newsroom.example/log', new Uint8Array(32).fill(4));

export function intakeKey(scope: KeyScope, from: string, until: string, number: number): IntakeKey {
  return { id: number.toString(16).padStart(64, '0'), scope, from, until, destroyed: until };
}

/** A statement without its place in the chain. */
type Unplaced<S = Statement> = S extends Statement ? Omit<S, 'seq' | 'prev'> : never;

export const founding: Statement = {
  seq: 0,
  prev: '',
  day: '2026-03-01',
  kind: 'found',
  device: { vkey: device.vkey, recipient: '11'.repeat(32) },
  log: log.vkey,
  quorum: 1,
  nonce: '22'.repeat(32),
};

export function addTo(chain: string, statement: Unplaced, signer = device): string {
  // The order of fields in the chain is that of its schema.
  return appendStatement(chain, { ...nextLink(verifyRoster(chain, null)), ...statement }, signer);
}

export const founded = appendStatement('', founding, device);
export const withRelay = addTo(founded, { day: '2026-03-01', kind: 'relay', vkey: relay.vkey });
export const chain = addTo(withRelay, {
  day: '2026-03-02',
  kind: 'intake',
  keys: [
    intakeKey('day', '2026-03-02', '2026-03-02', 1),
    intakeKey('day', '2026-03-03', '2026-03-03', 2),
    intakeKey('month', '2026-03-01', '2026-03-31', 3),
    intakeKey('last', '2026-03-01', '2027-03-01', 4),
  ],
});
export const roster: Roster = verifyRoster(chain, null);
