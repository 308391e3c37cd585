/** `zajil send`: seals words and files for a newsroom and carries them over whatever line there is. */
import { mkdir } from 'node:fs/promises';
import { type Invitation, Refusal } from '@zajil/format';
import { DialledWire, FolderSpool, LineError, type Newsroom, askAboutCards, fetchNewsroom, runSender } from '@zajil/line';
import { FolderLock } from '@zajil/log';
import { forgetProgress } from '@zajil/seal';
import type { Arguments } from '../arguments.ts';
import { readInvitation } from '../carrying/invitation.ts';
import type { Command } from '../command.ts';
import { hasMediaTools } from '../layers/media-tool.ts';
import { jsonOption, type Out, outFor, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';
import { type ChosenFile, openChosen } from '../sending/chosen-file.ts';
import { type Until, restIsEnough, tellEnd } from '../sending/ending.ts';
import { Patience } from '../sending/patience.ts';
import { forgetAcknowledged } from '../sending/same-again.ts';
import { Sealing } from '../sending/sealing.ts';
import { Teller } from '../sending/teller.ts';

const untils = ['sealed', 'taken', 'arrived', 'opened'] as const;
const tellEveryMs = 1000;

export const send: Command = {
  spec: {
    name: 'send',
    help: 'seal words and files for a newsroom and carry them to its relay',
    words: { name: 'FILE', least: 0 },
    options: {
      invite: { value: 'URL|FILE', required: true, help: 'an invitation, or a file that holds one' },
      state: { value: 'S', required: true, help: 'folder in which what is sealed waits; the same one again goes on' },
      words: { value: 'TEXT', help: 'what happened; other programs on this machine can see it while this runs' },
      'words-file': { value: 'F', help: 'the same, from a file' },
      place: { value: 'TEXT', help: 'where, in words' },
      urgent: { help: 'these words go before others that wait' },
      until: {
        value: 'U',
        oneOf: untils,
        help: 'sealed: all of it waits in the state folder and nothing is sent, as for a card; taken: the relay promised to hold it (the default); arrived: it stands in the relay’s log; opened: the newsroom has it',
      },
      timeout: { value: 'SECONDS', help: 'give up waiting after this; what is sealed stays' },
      ...jsonOption,
    },
  },
  async run(args) {
    const invitation = await readInvitation(args.need('invite'));
    const files = await openAll(args.words);
    try {
      return await sendWith(args, invitation, files);
    } finally {
      await Promise.all(files.map((file) => file.close()));
    }
  },
};

async function openAll(paths: readonly string[]): Promise<ChosenFile[]> {
  const files: ChosenFile[] = [];
  for (const path of paths) files.push(await openChosen(path));
  return files;
}

/** Before the newsroom's keys are known nothing is sealed, and the sentence must not say so. */
function nothingSealedYet(error: unknown): never {
  const sentence = error instanceof LineError ? unsealedSentences[error.code] : undefined;
  throw sentence && error instanceof LineError ? new Refusal(error.code, sentence, error) : error;
}

const unsealedSentences: Partial<Record<LineError['code'], string>> = {
  LINE_WAITING:
    'No relay answered, and nobody is known yet to seal for. Nothing was sealed or sent; run the same command again when there is a line',
  LINE_LYING_RELAY:
    'The relay does not show the newsroom of this invitation. Nothing was sealed or sent; ask the newsroom for another invitation',
};

/** Two senders over one state folder would undo each other's work. @throws CliError `CLI_STATE_IN_USE` */
async function lockState(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = FolderLock.take(folder);
  if (lock) return lock;
  throw new CliError(
    'CLI_STATE_IN_USE',
    'Another zajil sends from this state folder. Nothing was changed; wait for it, or name another folder',
  );
}

async function sendWith(args: Arguments, invitation: Invitation, files: readonly ChosenFile[]): Promise<number> {
  const out = outFor(args);
  const seconds = args.number('timeout');
  const deadline = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
  const state = args.need('state');
  const lock = await lockState(state);
  try {
    const spool = await FolderSpool.open(state);
    await tellLeftOut(files, out);
    const patience = new Patience(deadline, out);
    const newsroom = await patience
      .wait(() => fetchNewsroom({ invitation, fetch: (input, init) => fetch(input, init), notes: spool }))
      .catch(nothingSealedYet);
    const sealing = new Sealing({ args, files, newsroom, spool, patience });
    await sealing.begin(out);
    const until = (args.text('until') ?? 'taken') as Until | 'sealed';
    if (until === 'sealed') return await sealAll(sealing, spool, out);
    const { roster } = newsroom;
    return await carry(sealing, { invitation, roster, spool, until, deadline }, out);
  } finally {
    lock.release();
  }
}

async function tellLeftOut(files: readonly ChosenFile[], out: Out): Promise<void> {
  if (!files.some(({ words }) => words.kind === 'photo' || words.kind === 'video') || (await hasMediaTools())) return;
  out.progress(
    { event: 'left-out', layers: ['glance', 'cut'] },
    'ffmpeg is not installed: glance and cut are left out; words and the whole are sent.',
  );
}

/** Everything waits in the state folder then, and nothing was sent. */
async function sealAll(sealing: Sealing, spool: FolderSpool, out: Out): Promise<number> {
  let sealed = 0;
  let toldAt = Date.now();
  await sealing.all((bytes) => {
    sealed += bytes;
    if (Date.now() < toldAt + tellEveryMs) return;
    toldAt = Date.now();
    out.progress({ event: 'sealing', bytes: sealed }, `${showBytes(sealed)} sealed`);
  });
  if (sealing.fault) throw sealing.fault;
  const waiting = (await spool.list()).filter(({ carried }) => carried === null);
  const bytesWaiting = waiting.reduce((sum, { bytes }) => sum + bytes, 0);
  out.fact(
    { event: 'done', until: 'sealed', bytesSent: 0, bytesWaiting, safeToErase: false },
    `sealed: everything. ${showBytes(bytesWaiting)} wait here; nothing was sent`,
  );
  return 0;
}

interface Carrying {
  readonly invitation: Invitation;
  readonly roster: Newsroom['roster'];
  readonly spool: FolderSpool;
  readonly until: Until;
  /** Milliseconds since 1970, or Infinity. */
  readonly deadline: number;
}

async function carry(sealing: Sealing, { invitation, roster, spool, until, deadline }: Carrying, out: Out): Promise<number> {
  await askAboutCards(spool, invitation.relays);
  const teller = new Teller(out, sealing.key);
  const enough = new AbortController();
  const snapshot = await runSender({
    invitation,
    roster,
    spool,
    fetch: (input, init) => fetch(input, init),
    wire: (base) => new DialledWire(base),
    random: Math.random,
    until,
    supply: () => sealing.next(),
    onProgress: (now) => {
      teller.tell(now);
      if (restIsEnough(now, until)) enough.abort();
    },
    onTrouble: (error) => teller.trouble(error),
    pollMs: { first: 500, most: 15_000 },
    signal: enough.signal,
    ...(deadline < Infinity && { timeoutMs: Math.max(1, deadline - Date.now()) }),
  });
  for (const key of await forgetAcknowledged(spool)) await forgetProgress(spool, `seal/${key}`);
  if (sealing.fault) throw sealing.fault;
  return tellEnd(out, snapshot, until);
}
