/**
 * Puts a relay together in a folder and starts it: lock, key, index, blobs, staging, log, doors.
 * `docs/protocol.md` section "Relay".
 *
 * The folder: `relay.key`, `index.db`, `parcels/`, `staging/`, `log/`, `lock`.
 */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { quarterOf } from '@zajil/format';
import { FolderLock, FolderTiles, TileLog, makeFolderDurably } from '@zajil/log';
import { Allowance, type AllowanceLimits, usualLimits } from './allowance.ts';
import { createApp } from './app.ts';
import { FolderBlobs } from './folder-blobs.ts';
import { listen, usualSilenceMs } from './http-server.ts';
import { Mailbox, type RelayFigures } from './mailbox.ts';
import { NameLocks } from './name-locks.ts';
import { NewsroomFolder } from './newsroom-folder.ts';
import { Newsroom } from './newsroom.ts';
import { Notary } from './notary.ts';
import { Publisher } from './publisher.ts';
import type { RelayBlobs } from './relay-blobs.ts';
import { RelayError } from './relay-error.ts';
import type { RelayIndex } from './relay-index.ts';
import { openRelayKey } from './relay-key.ts';
import { SqliteIndex } from './sqlite-index.ts';
import { Staging } from './staging.ts';

export interface RelayOptions {
  /** Made when it is not there. One relay at a time may use it. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** The folder of the newsroom, when its desk is on this machine. Only `public` in it is read. */
  readonly newsroomFolder?: string;
  /** Path of the field page: one HTML file, read at every request. */
  readonly fieldPage?: string;
  /** Between batches of the log, aligned to the clock; the usual 900 are the quarter hours. */
  readonly publishSeconds?: number;
  /** Every batch is filled up to a multiple of this many leaves. */
  readonly batchLeaves?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  /** Most bytes that parcels may have together. */
  readonly quotaBytes?: number;
  /** What the bearer of one drop token may do. */
  readonly limits?: Partial<AllowanceLimits>;
  /** A connection that was silent for so long is closed. */
  readonly silenceMs?: number;
  /** Days after which a parcel that nobody took over is let go. At least 180 are promised to the newsroom. */
  readonly retainDays?: number;
}

export interface RunningRelay {
  readonly url: string;
  /** Verifier key of the relay's log. */
  readonly vkey: string;
  /** Sums over all parcels, as they are now. */
  figures(): RelayFigures;
  /** Lets requests under way end, and closes everything, within two seconds. */
  stop(): Promise<void>;
}

/** What a test may put between the relay and its disk, to play a fault. */
export interface RelayWrappers {
  readonly index?: (index: RelayIndex) => RelayIndex;
  readonly blobs?: (blobs: RelayBlobs) => RelayBlobs;
}

const usualPublishSeconds = 900;
const usualBatchLeaves = 64;
const usualQuotaBytes = 64 * 2 ** 30;
const usualRetainDays = 180;
const quartersPerDay = 96;
/** A line comes back within days; what was begun and left for a month is nobody's. Looked for once a day. */
const idleDays = 30;
const dayMs = 86_400_000;

/**
 * Starts a relay.
 *
 * @throws RelayError `RELAY_FOLDER_UNWRITABLE`, `RELAY_FOLDER_IN_USE`, `RELAY_PORT_IN_USE`, `RELAY_KEY`,
 *   `RELAY_LOG_DIVERGED`, `RELAY_OTHER_NEWSROOM`; LogError `LOG_STORE` when files of the log are damaged
 */
export async function startRelay(options: RelayOptions): Promise<RunningRelay> {
  return await startWrappedRelay(options, {});
}

export async function startWrappedRelay(options: RelayOptions, wrappers: RelayWrappers): Promise<RunningRelay> {
  await makeWritable(options.folder);
  const closers: (() => Promise<void> | void)[] = [takeFolder(options.folder)];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const opened = await open(options, wrappers, closers);
    return { ...opened, stop: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** @returns what to call to let go. @throws RelayError `RELAY_FOLDER_IN_USE` */
function takeFolder(folder: string): () => void {
  const lock = FolderLock.take(folder);
  if (lock) return () => lock.release();
  throw new RelayError(
    'RELAY_FOLDER_IN_USE',
    'Another relay runs on this folder. Nothing was changed. Stop that one first, or choose another folder.',
  );
}

/** Opens everything in order; what was opened is closed in the opposite order. */
async function open(
  options: RelayOptions,
  wrappers: RelayWrappers,
  closers: (() => Promise<void> | void)[],
): Promise<Omit<RunningRelay, 'stop'>> {
  const { folder, now = Date.now } = options;
  const signer = await openRelayKey(folder);
  const sqlite = await SqliteIndex.open(join(folder, 'index.db'));
  closers.push(async () => await sqlite.close());
  const index = wrappers.index?.(sqlite) ?? sqlite;
  const newsroom = await Newsroom.open(index);
  const newsroomFolder = options.newsroomFolder === undefined ? null : new NewsroomFolder(options.newsroomFolder, newsroom, now);
  await newsroomFolder?.refresh(true);

  const files = new FolderBlobs(join(folder, 'parcels'));
  const blobs = wrappers.blobs?.(files) ?? files;
  const locks = new NameLocks();
  const staging = await Staging.open(join(folder, 'staging'), (name) => locks.busy(name));
  closers.push(async () => await staging.close());
  const log = await TileLog.open(new FolderTiles(join(folder, 'log')), signer);
  const notary = await Notary.open({ index, log, signer, batchLeaves: options.batchLeaves ?? usualBatchLeaves });
  const quotaBytes = options.quotaBytes ?? usualQuotaBytes;
  const mailbox = await Mailbox.open({ index, blobs, staging, locks, notary, quotaBytes, now });

  const retainQuarters = (options.retainDays ?? usualRetainDays) * quartersPerDay;
  let tidiedMs = Number.NEGATIVE_INFINITY;
  const publish = async (): Promise<void> => {
    await notary.publish();
    await mailbox.expire(quarterOf(now()) - retainQuarters);
    if (Math.abs(now() - tidiedMs) < dayMs) return;
    tidiedMs = now();
    await mailbox.dropIdle(now() - idleDays * dayMs);
  };
  const publisher = new Publisher(publish, (options.publishSeconds ?? usualPublishSeconds) * 1000, now);
  closers.push(async () => await publisher.stop());
  let stopped = false;
  const recovery = mailbox.recover(() => stopped).catch(() => {});
  closers.push(async () => {
    stopped = true;
    await recovery;
  });

  const allowance = new Allowance({ ...usualLimits, ...options.limits }, now);
  const shared = { newsroom, folder: newsroomFolder, mailbox, allowance, index, blobs, log, now };
  const app = createApp({
    ...shared,
    vkey: signer.vkey,
    fieldPage: options.fieldPage ?? null,
    adopt: options.newsroomFolder === undefined,
    healthy: () => publisher.healthy,
  });
  const listening = await listen(app, options.host, options.port, options.silenceMs ?? usualSilenceMs);
  closers.push(async () => await listening.stop());
  return { url: listening.url, vkey: signer.vkey, figures: () => mailbox.figures };
}

async function makeWritable(folder: string): Promise<void> {
  try {
    await makeFolderDurably(folder);
    await access(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new RelayError(
      'RELAY_FOLDER_UNWRITABLE',
      'The folder of the relay cannot be written to. Nothing was changed. Check its owner, or choose another.',
      cause,
    );
  }
}
