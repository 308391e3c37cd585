/** An invitation as a command is given it: the URL itself, or a file that holds it. */
import { readFile } from 'node:fs/promises';
import { FormatError, type Invitation, parseInvitation } from '@zajil/format';
import { CliError } from '../refusal.ts';

/** @throws FormatError; CliError `CLI_FILE_GONE` */
export async function readInvitation(text: string): Promise<Invitation> {
  if (/^https?:\/\//.test(text.trim())) return wholeInvitation(text);
  const content = await readFile(text, 'utf8').catch((cause: unknown) => {
    throw new CliError('CLI_FILE_GONE', 'The invitation is neither a URL nor a file that can be read. Nothing was sent', cause);
  });
  return wholeInvitation(content);
}

function wholeInvitation(text: string): Invitation {
  try {
    return parseInvitation(text);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    throw new FormatError(error.code, `${error.message}. Nothing was sent; copy it whole, or ask the newsroom for another`, error);
  }
}
