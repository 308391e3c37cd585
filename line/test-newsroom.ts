/** A founded newsroom for tests: a real chain, real keys, real acknowledgements. */
import { createHash } from 'node:crypto';
import { type Acknowledgement, type Statement, fromHex, messageAddress, parseNewsroomName, toHex } from '@zajil/format';
import { type NoteSigner, createSigner, parseVkey } from '@zajil/log';
import { type Roster, appendStatement, nextLink, sealAcknowledgement, verifyRoster } from '@zajil/roster';

const day = '2026-11-23';

export class TestNewsroom {
  readonly device: NoteSigner;
  chain: string;

  constructor(seed = 1) {
    this.device = createSigner('desk-one.test', new Uint8Array(32).fill(seed));
    const hash = 'ab'.repeat(32);
    const found: Statement = {
      seq: 0,
      prev: '',
      day,
      kind: 'found',
      device: { vkey: this.device.vkey, recipient: hash },
      log: createSigner('newsroom.test/log', new Uint8Array(32).fill(99)).vkey,
      quorum: 1,
      nonce: toHex(new Uint8Array(32).fill(seed)),
    };
    this.chain = appendStatement('', found, this.device);
  }

  get roster(): Roster {
    return verifyRoster(this.chain, null);
  }

  get name(): Uint8Array {
    return parseNewsroomName(toHex(this.roster.name));
  }

  addRelay(vkey: string): this {
    this.chain = appendStatement(this.chain, { ...nextLink(this.roster), day, kind: 'relay', vkey }, this.device);
    return this;
  }

  /** Issues a key of 1216 bytes for a scope; returns its bytes. */
  addKey(
    scope: 'day' | 'month' | 'last',
    fill: number,
    term: { from: string; until: string } = { from: '2026-11-20', until: '2026-12-20' },
  ): { id: string; bytes: Uint8Array } {
    const bytes = new Uint8Array(1216).fill(fill);
    const id = createHash('sha256').update(bytes).digest('hex');
    const keys = [{ id, scope, ...term, destroyed: '2027-06-01' }];
    this.chain = appendStatement(this.chain, { ...nextLink(this.roster), day, kind: 'intake', keys }, this.device);
    return { id, bytes };
  }

  /** An acknowledgement as it waits at a relay. @param id - dispatch id, hex */
  acknowledge(id: string, claims: Acknowledgement, signer: NoteSigner = this.device): { address: string; message: Uint8Array } {
    const dispatch = fromHex(id);
    return {
      address: toHex(messageAddress(dispatch, parseVkey(this.device.vkey).name)),
      message: sealAcknowledgement(dispatch, claims, signer, new Uint8Array(24).fill(3)),
    };
  }
}
