/** What the command says when it will not go on: one sentence, a stable code, a non-zero exit. */
import { Refusal } from '@zajil/format';

export type CliCode =
  | 'CLI_USAGE'
  | 'CLI_NO_PASSPHRASE'
  | 'CLI_FILE_GONE'
  | 'CLI_TIMEOUT'
  | 'CLI_NOT_PROVED'
  | 'CLI_TOOL_MISSING'
  | 'CLI_OUTPUT_EXISTS'
  | 'CLI_DEMO'
  | 'CLI_STATE_IN_USE'
  | 'CLI_NO_RELAY'
  | 'CLI_DISK_FULL'
  | 'CLI_CARD_GONE'
  | 'CLI_NO_BAG';

export class CliError extends Refusal {
  declare readonly code: CliCode;

  constructor(code: CliCode, message: string, cause?: unknown) {
    super(code, message, cause);
  }
}

const systemSentences: Readonly<Record<string, readonly [code: string, sentence: string]>> = {
  ENOSPC: ['CLI_DISK_FULL', 'The disk is full. What was there is safe and nothing half-written was kept; make room and run this again.'],
  EDQUOT: [
    'CLI_DISK_FULL',
    'The disk quota is used up. What was there is safe and nothing half-written was kept; make room and run this again.',
  ],
  EACCES: [
    'CLI_NOT_ALLOWED',
    'The system does not allow reading or writing here. Nothing was changed; check who owns the folder and run this again.',
  ],
  EPERM: ['CLI_NOT_ALLOWED', 'The system does not allow this here. Nothing was changed; check who owns the folder and run this again.'],
  EROFS: ['CLI_NOT_ALLOWED', 'This disk can only be read. Nothing was changed; choose a folder on another disk.'],
  ENOENT: ['CLI_FILE_GONE', 'A file or folder that was named is not there. Nothing was changed; check the name and run this again.'],
  ENOTDIR: ['CLI_FILE_GONE', 'A folder was expected where a file is. Nothing was changed; check the name and run this again.'],
  EISDIR: ['CLI_FILE_GONE', 'A file was expected where a folder is. Nothing was changed; check the name and run this again.'],
  EADDRINUSE: ['CLI_PORT_IN_USE', 'Another program listens on that port. Nothing was changed; choose another port.'],
};

export interface Complaint {
  readonly code: string;
  readonly message: string;
}

/** Turns whatever was thrown into a sentence and a code; an unknown error is our own mistake and says so. */
export function complaintOf(error: unknown): Complaint {
  if (error instanceof Refusal) return { code: error.code, message: sentence(error.message) };
  const system = error instanceof Error && 'code' in error && typeof error.code === 'string' ? systemSentences[error.code] : undefined;
  if (system) return { code: system[0], message: system[1] };
  const detail =
    error instanceof Error
      ? `${error.name} at ${
          error.stack
            ?.split('\n')[1]
            ?.trim()
            .replace(/^at /, '')
            .replace(/\(?(?:file:\/\/)?\/.*\/([^/]+)\)?$/, '$1') ?? 'an unknown place'
        }`
      : 'unknown';
  return { code: 'CLI_MISTAKE', message: `Zajil made a mistake of its own (${detail}). What was stored is safe; please report this.` };
}

function sentence(message: string): string {
  const begun = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}
