/** `zajil send`: seals words and files for a newsroom and carries them over whatever line there is. */
import { mkdir, readFile } from 'node:fs/promises';
import { FormatError, type Invitation, type KeyScope, parseInvitation, Refusal, type Words } from '@zajil/format';
import { fetchNewsroom, FolderSpool, LineError, type Newsroom, runSender, type Snapshot, type SuppliedParcel } from '@zajil/line';
import { FolderLock } from '@zajil/log';
import { DispatchSealer, forgetProgress, SealError } from '@zajil/seal';
import type { Arguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { hasMediaTools } from '../layers/media-tool.ts';
import { jsonOption, type Out, outFor, showBytes } from '../out.ts';
import { CliError } from '../refusal.ts';
import { type ChosenFile, openChosen } from '../sending/chosen-file.ts';
import { type Begun, beginDispatch, forgetAcknowledged } from '../sending/same-again.ts';
import { Patience } from '../sending/patience.ts';
import { Teller } from '../sending/teller.ts';

const untils = ['taken', 'arrived', 'opened'] as const;
type Until = (typeof untils)[number];

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
        help: 'taken: the relay promised to hold it (the default); arrived: it stands in the relay’s log; opened: the newsroom has it',
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

/** @throws FormatError; CliError `CLI_FILE_GONE` */
async function readInvitation(text: string): Promise<Invitation> {
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
    throw new FormatError(
      error.code,
      `${error.message}. Nothing was sealed or sent; copy it whole, or ask the newsroom for another`,
      error,
    );
  }
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
  const until = (args.text('until') ?? 'taken') as Until;
  const seconds = args.number('timeout');
  const deadline = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
  const state = args.need('state');
  const lock = await lockState(state);
  const spool = await FolderSpool.open(state);
  if (files.some(({ words }) => words.kind === 'photo' || words.kind === 'video') && !(await hasMediaTools())) {
    out.progress(
      { event: 'left-out', layers: ['glance', 'cut'] },
      'ffmpeg is not installed: glance and cut are left out; words and the whole are sent.',
    );
  }
  const patience = new Patience(deadline, out);
  const newsroom = await patience
    .wait(() => fetchNewsroom({ invitation, fetch: (input, init) => fetch(input, init), notes: spool }))
    .catch(nothingSealedYet);
  const sealing = new Sealing({ args, files, newsroom, spool, patience });
  await sealing.begin(out);
  const teller = new Teller(out, sealing.key);
  const snapshot = await runSender({
    invitation,
    roster: newsroom.roster,
    spool,
    fetch: (input, init) => fetch(input, init),
    random: Math.random,
    until,
    supply: () => sealing.next(),
    onProgress: (now) => teller.tell(now),
    onTrouble: (error) => teller.trouble(error),
    pollMs: { first: 500, most: 15_000 },
    ...(deadline < Infinity && { timeoutMs: Math.max(1, deadline - Date.now()) }),
  });
  for (const key of await forgetAcknowledged(spool)) await forgetProgress(spool, `seal/${key}`);
  lock.release();
  return finish({ out, snapshot, until, fault: sealing.fault });
}

async function wordsOf(args: Arguments): Promise<string | undefined> {
  const file = args.text('words-file');
  return file === undefined ? args.text('words') : (await readFile(file, 'utf8')).trim();
}

interface SealingOptions {
  readonly args: Arguments;
  readonly files: readonly ChosenFile[];
  readonly newsroom: Newsroom;
  readonly spool: FolderSpool;
  readonly patience: Patience;
}

/** What is still to be sealed for this run: nothing when only what waits is to be sent. */
class Sealing {
  readonly #what: SealingOptions;
  readonly #recipients = new Map<KeyScope, Uint8Array>();
  #begun: Begun | null = null;
  #sealer: DispatchSealer | null = null;
  /** Why sealing ended early; what was sealed before is sent all the same. */
  fault: SealError | null = null;

  constructor(what: SealingOptions) {
    this.#what = what;
  }

  get key(): string | null {
    return this.#begun?.key ?? null;
  }

  async begin(out: Out): Promise<void> {
    const { args, files, spool } = this.#what;
    const text = await wordsOf(args);
    if (text === undefined && files.length === 0) return;
    const urgent = args.flag('urgent');
    const begun = await beginDispatch(spool, { words: text ?? '', marks: files.map(({ mark }) => mark), urgent });
    this.#begun = begun;
    const line = begun.again ? 'Going on with what was begun before.' : `Sealing ${files.length} file(s).`;
    out.progress({ event: 'dispatch', dispatch: begun.key, again: begun.again, files: files.length }, line);
    if (begun.id === null) return;
    const written = `${new Date().toISOString().slice(0, 16)}Z`;
    const words: Words = {
      v: 1,
      text: text ?? '',
      written,
      place: args.text('place') ?? '',
      urgent,
      files: files.map((file) => file.words),
    };
    this.#sealer = new DispatchSealer({
      dispatch: begun.id,
      words,
      files: files.map(({ sealing }) => sealing),
      recipient: (scope) => this.#recipient(scope),
      notes: spool,
      prefix: `seal/${begun.key}`,
    });
  }

  async #recipient(scope: KeyScope): Promise<Uint8Array> {
    const { newsroom, patience } = this.#what;
    const known =
      this.#recipients.get(scope) ?? (await patience.wait(() => newsroom.intakeKey(scope, new Date().toISOString().slice(0, 10))));
    this.#recipients.set(scope, known);
    return known;
  }

  async next(): Promise<SuppliedParcel | null> {
    if (!this.#sealer || !this.#begun || this.fault) return null;
    const { key, urgent, order } = this.#begun;
    try {
      const parcel = await this.#sealer.next();
      return parcel && { ...parcel, dispatch: key, urgent, order };
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      this.fault = error;
      return null;
    }
  }
}

function finish({ out, snapshot, until, fault }: { out: Out; snapshot: Snapshot; until: Until; fault: Refusal | null }): number {
  if (fault) throw fault;
  const done = snapshot.state === 'done';
  const fields = {
    event: done ? 'done' : 'waiting',
    until,
    bytesSent: snapshot.bytesSent,
    bytesWaiting: snapshot.bytesWaiting,
    safeToErase: snapshot.dispatches.every((one) => one.safeToErase),
  };
  if (done) {
    out.fact(fields, `${until}: everything (${showBytes(snapshot.bytesSent)} sent)`);
    return 0;
  }
  out.progress(fields, `${showBytes(snapshot.bytesWaiting)} still wait.`);
  throw new CliError(
    'CLI_TIMEOUT',
    'The time was over before everything was so far. What is sealed waits in the state folder; run the same command again and it goes on',
    snapshot.trouble ?? undefined,
  );
}
