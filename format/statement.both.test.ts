import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { always, codeOf, days, endsInValueOrRefusal, hexOf, spoiledText } from './hostile.ts';
import { type Statement, formatStatement, parseNewsroomName, parseStatement, statementHash, toHex } from './index.ts';

const vkeys = hexOf(4).map((id) => `desk.example/one+${id}+${'A'.repeat(44)}`);
const link = { seq: fc.nat(), prev: fc.oneof(fc.constant(''), hexOf(32)), day: days };
const intakeKeys = fc.record({
  id: hexOf(32),
  scope: fc.constantFrom('day' as const, 'month' as const, 'last' as const),
  from: days,
  until: days,
  destroyed: days,
});
const statements: fc.Arbitrary<Statement> = fc.oneof(
  fc.record({
    ...link,
    kind: fc.constant('found' as const),
    device: fc.record({ vkey: vkeys, recipient: hexOf(32) }),
    log: vkeys,
    quorum: fc.constant(1 as const),
    nonce: hexOf(32),
  }),
  fc.record({ ...link, kind: fc.constant('relay' as const), vkey: vkeys }),
  fc.record({ ...link, kind: fc.constant('intake' as const), keys: fc.array(intakeKeys, { minLength: 1, maxLength: 5 }) }),
);

test('a statement is read as it was written, and has one text', () => {
  always(statements, (statement) => {
    const text = formatStatement(statement);
    expect(parseStatement(text)).toEqual(statement);
    expect(formatStatement(parseStatement(text))).toBe(text);
  });
});

test('parseStatement() ends in a statement or a refusal, and what it reads is written the same again', () => {
  endsInValueOrRefusal(
    spoiledText(statements.map(formatStatement)),
    (text) => expect(formatStatement(parseStatement(text))).toBe(text),
    600,
  );
});

test('a name is read from hex as people pass it on', () => {
  const name = statementHash('x');
  expect(parseNewsroomName(` ${toHex(name).toUpperCase()}\n`)).toEqual(name);
  for (const text of ['', 'xyz', toHex(name).slice(1), `${toHex(name)}00`])
    expect(codeOf(() => parseNewsroomName(text))).toBe('FORMAT_TEXT');
  endsInValueOrRefusal(fc.string(), parseNewsroomName);
});
