import { afterEach, expect, test, vi } from 'vitest';
import { main } from '../zajil.ts';

afterEach(() => vi.restoreAllMocks());

/** Exit code and what was said on standard error. Nothing is opened before the words make sense: there is no such folder. */
async function run(...words: readonly string[]): Promise<{ code: number; said: string }> {
  let said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  return { code: await main(['want', ...words, '--newsroom', '/nowhere/at/all']), said };
}

test.each(['0-3', '5-4', '-', '3-x', '', '3,', '99999999-'])(
  'parts "%s" make no sense, and it says so before it asks for a passphrase',
  async (text) => {
    const { code, said } = await run('abcdefgh', `--first=${text}`);
    expect([code, said]).toEqual([2, expect.stringContaining('[CLI_USAGE]')]);
  },
);

test.each([
  [['abcdefgh', '--file', '0']],
  [['abcdefgh', '--file', '1.5']],
  [['abcdefgh', '--for', '0']],
  [['abcdefgh', '--layer', 'words']],
  [['abcdefgh', 'hgfedcba']],
  [[]],
])('%j make no sense either', async (words) => {
  expect((await run(...words)).code).toBe(2);
});

test.each(['3-5', '4', '8-', '8-,3-5'])('parts "%s" make sense', async (text) => {
  vi.stubEnv('ZAJIL_PASSPHRASE_FILE', '/nowhere/at/all');
  const { code, said } = await run('abcdefgh', `--first=${text}`, '--enough');
  vi.unstubAllEnvs();
  expect([code, said]).toEqual([1, expect.stringContaining('[CLI_NO_PASSPHRASE]')]);
});
