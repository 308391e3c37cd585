/**
 * The relay's log key: made at the first start, readable by its owner only. Its name tells the public key and nothing
 * else. `docs/protocol.md` section "Relay's log"; C2SP signed-note.
 */
import { type KeyObject, createPrivateKey, createPublicKey, hash, randomBytes, sign } from 'node:crypto';
import { join } from 'node:path';
import { FormatError, fromHex, fromUtf8, toHex } from '@zajil/format';
import { type NoteSigner, formatVkey, readOrNull, writeDurably } from '@zajil/log';
import { RelayError } from './relay-error.ts';

const seedBytes = 32;
const ownerOnly = 0o600;
/** Everything of a PKCS #8 Ed25519 key before its 32-byte seed. RFC 8410 section 7. */
const pkcs8Start = fromHex('302e020100300506032b657004220420');

/** Opens the key in this folder, or makes one. @throws RelayError `RELAY_KEY` when what is there is no key */
export async function openRelayKey(folder: string): Promise<NoteSigner> {
  const file = join(folder, 'relay.key');
  const stored = await readOrNull(file);
  if (stored) return signerOf(parseSeed(stored));
  const seed = Uint8Array.from(randomBytes(seedBytes));
  await writeDurably(file, `${toHex(seed)}\n`, ownerOnly);
  return signerOf(seed);
}

function parseSeed(stored: Uint8Array): Uint8Array {
  try {
    return fromHex(fromUtf8(stored).trimEnd(), seedBytes);
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause;
    throw new RelayError(
      'RELAY_KEY',
      "The relay's key is damaged. Nothing was changed. Restore it, or begin a new relay in an empty folder.",
      cause,
    );
  }
}

/** OpenSSL signs forty times faster than the portable signer of `log`; a relay signs for every parcel. */
function signerOf(seed: Uint8Array): NoteSigner {
  const key = createPrivateKey({ key: Buffer.concat([pkcs8Start, seed]), format: 'der', type: 'pkcs8' });
  const publicKey = rawPublicKey(key);
  const name = `zajil-relay-${hash('sha256', publicKey).slice(0, 8)}`;
  return { vkey: formatVkey(name, publicKey), sign: (message) => Uint8Array.from(sign(null, message, key)) };
}

function rawPublicKey(key: KeyObject): Uint8Array {
  const der = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return Uint8Array.from(der.subarray(-32));
}
