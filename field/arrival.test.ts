import { formatInvitation } from '@zajil/format';
import { expect, test } from 'vitest';
import { readInvitation } from './arrival.ts';

const newsroom = new Uint8Array(32).fill(7);
const token = new Uint8Array(16).fill(9);
const make = (relay: string, plain = false) => formatInvitation({ relays: [relay], newsroom, token, plain });

test('an invitation is read as the address that it is', () => {
  const text = make('https://relay.example');
  expect(readInvitation(text)).toMatchObject({ text, invitation: { relays: ['https://relay.example'] } });
});

test('an invitation is found inside a whole message, also one that was broken into lines', () => {
  const text = make('https://relay.example/path');
  expect(readInvitation(`السلام عليكم\n${text}\nافتح الرابط`)).toMatchObject({ text });
  const broken = `${text.slice(0, 60)}\n  ${text.slice(60)}`;
  expect(readInvitation(broken)).toMatchObject({ text });
});

test('one that was cut short, altered or is no invitation says so', () => {
  const text = make('https://relay.example');
  for (const bad of [text.slice(0, -1), `${text.slice(0, -2)}AA`, '', 'hello', 'https://relay.example/#'])
    expect(readInvitation(bad)).toEqual({ trouble: 'inviteBroken' });
});

test('plain HTTP is refused but on loopback, on an onion address, or where the invitation allows it', () => {
  expect(readInvitation(make('http://relay.example'))).toEqual({ trouble: 'inviteUnsafe' });
  for (const relay of ['http://127.0.0.1:8080', 'http://localhost:1', `http://${'a'.repeat(56)}.onion`])
    expect(readInvitation(make(relay))).toHaveProperty('invitation');
  expect(readInvitation(make('http://relay.example', true))).toHaveProperty('invitation');
});
