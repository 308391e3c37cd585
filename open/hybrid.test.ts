import { readPlaintext, revealSecret, Secret } from '@zajil/format';
import { Decrypter, generateHybridIdentity, identityToRecipient, Stanza } from 'age-encryption';
import { MLKEM768X25519 } from '@noble/post-quantum/hybrid.js';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { openAge } from './age.ts';
import { createIdentity, recipientOf } from './identity.ts';
import { formatIdentity, parseIdentity } from './identity-text.ts';
import { footage, foundDesk, KeyCopy, sealAge } from './parcel.fixture.ts';

it('derives from a seed the same public key as the portable implementation', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
      expect(recipientOf(createIdentity(new Secret(seed.slice())))).toEqual(MLKEM768X25519.getPublicKey(seed));
    }),
    { numRuns: 20 },
  );
});

it('unwraps the same file key as typage, many times', async () => {
  const text = await generateHybridIdentity();
  const identity = createIdentity(parseIdentity(text));
  const recipient = await identityToRecipient(text);
  for (let i = 0; i < 20; i += 1) {
    const copy = new KeyCopy();
    const stanzas: Stanza[] = [];
    const file = await sealAge(footage(10), recipient, copy);
    const spy = { unwrapFileKey: (seen: Stanza[]) => (stanzas.push(...seen), identity.unwrapFileKey(seen)) };
    const decrypter = new Decrypter();
    decrypter.addIdentity(spy);
    await decrypter.decrypt(file);
    expect(identity.unwrapFileKey(stanzas)).toEqual(revealSecret(copy.secret));
  }
});

it('opens nothing that was sealed to another', async () => {
  const [mine, theirs] = [await foundDesk(1), await foundDesk(2)];
  const file = await sealAge(footage(10), theirs.recipient);
  await expect(openAge(file, { identities: [mine.identity] })).rejects.toMatchObject({ code: 'OPEN_NO_MATCH' });
  expect(readPlaintext(await openAge(file, { identities: [mine.identity, theirs.identity] }))).toEqual(footage(10));
});

it('refuses malformed stanzas of its type, and passes over others', async () => {
  const { identity } = await foundDesk();
  const share = Buffer.from(footage(1120)).toString('base64').replace(/=+$/, '');
  const type = 'mlkem768x25519';
  const malformed = [
    new Stanza([type], footage(32)),
    new Stanza([type, share, 'more'], footage(32)),
    new Stanza([type, share.slice(1)], footage(32)),
    new Stanza([type, `${share.slice(0, -1)}=`], footage(32)),
    new Stanza([type, `${share.slice(0, -1)}/`], footage(32)),
    new Stanza([type, share], footage(31)),
  ];
  for (const stanza of malformed) expect(() => identity.unwrapFileKey([stanza])).toThrow(expect.objectContaining({ code: 'OPEN_STANZA' }));
  expect(identity.unwrapFileKey([new Stanza(['X25519', share], footage(32))])).toBeNull();
  expect(identity.unwrapFileKey([new Stanza([type, share], footage(32))])).toBeNull();
});

it('refuses a share of small order, which would leave the secret to ML-KEM alone', async () => {
  const { identity } = await foundDesk();
  const share = footage(1120);
  share.fill(0, 1088);
  const text = Buffer.from(share).toString('base64').replace(/=+$/, '');
  const stanza = new Stanza(['mlkem768x25519', text], footage(32));
  expect(() => identity.unwrapFileKey([stanza])).toThrow(expect.objectContaining({ code: 'OPEN_STANZA' }));
});

it('writes an identity as age writes it, and reads no other text', async () => {
  const text = await generateHybridIdentity();
  expect(formatIdentity(parseIdentity(text))).toBe(text);
  for (const wrong of [
    '',
    text.toLowerCase(),
    text.slice(0, -1),
    'AGE-SECRET-KEY-1QQPQPQ',
    text.replace(/.$/, text.endsWith('Q') ? 'P' : 'Q'),
  ])
    expect(() => parseIdentity(wrong)).toThrow(RangeError);
});

it('does not spell itself out', async () => {
  const { identity } = await foundDesk();
  expect(JSON.stringify(identity)).toBe('{}');
  expect(() => createIdentity(new Secret(new Uint8Array(31)))).toThrow(RangeError);
});
