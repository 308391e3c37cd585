/**
 * Decodes a track through WebCodecs, packet by packet, a few frames at a time: memory stays flat for any length. The
 * library's own sinks do the same and more; without them the page is a sixth smaller.
 */
import { type EncodedPacket, EncodedPacketSink, type InputAudioTrack, type InputVideoTrack } from 'mediabunny';

/** Decoders own few frames: more than these are never held open. */
const mostOpen = 6;

interface Decoder<T> {
  feed(packet: EncodedPacket): void;
  readonly waiting: () => number;
  flush(): Promise<void>;
  close(): void;
  readonly out: T[];
  readonly fault: () => Error | null;
}

/**
 * The frame that is shown at each of these seconds, ascending, in presentation order. A frame is closed when the next
 * one is asked for.
 */
export async function* framesFrom(track: InputVideoTrack, times: readonly number[]): AsyncGenerator<VideoFrame> {
  const first = await new EncodedPacketSink(track).getKeyPacket(times[0] ?? 0, { verifyKeyPackets: true });
  const end = (times.at(-1) ?? 0) + 1;
  let shown: VideoFrame | null = null;
  let i = 0;
  try {
    for await (const frame of decodeVideo(track, first, (packet) => packet.timestamp > end)) {
      const before: VideoFrame | null = shown;
      if (before) for (; i < times.length && (times[i] ?? 0) * 1e6 < frame.timestamp; i++) yield before;
      before?.close();
      shown = frame;
    }
    const last: VideoFrame | null = shown;
    if (last) for (; i < times.length; i++) yield last;
  } finally {
    shown?.close();
  }
}

/** One frame: that shown at this second, or null. The caller closes it. */
export async function frameAt(track: InputVideoTrack, seconds: number): Promise<VideoFrame | null> {
  const sink = new EncodedPacketSink(track);
  const first = await sink.getKeyPacket(seconds, { verifyKeyPackets: true });
  const last = await sink.getPacket(seconds);
  let best: VideoFrame | null = null;
  for await (const frame of decodeVideo(track, first, (packet) => packet.sequenceNumber > (last?.sequenceNumber ?? 0))) {
    // A rounded microsecond must not lose the frame that was asked for.
    if (best && frame.timestamp > seconds * 1e6 + 1000) frame.close();
    else {
      best?.close();
      best = frame;
    }
  }
  return best;
}

async function* decodeVideo(track: InputVideoTrack, first: EncodedPacket | null, isPast: (packet: EncodedPacket) => boolean) {
  const config = await track.getDecoderConfig();
  if (!config || !first) return;
  const out: VideoFrame[] = [];
  let fault: Error | null = null;
  const decoder = new VideoDecoder({ output: (frame) => out.push(frame), error: (error) => (fault = error) });
  decoder.configure(config);
  yield* pump(track, first, isPast, {
    feed: (packet) => decoder.decode(packet.toEncodedVideoChunk()),
    waiting: () => decoder.decodeQueueSize,
    flush: () => decoder.flush(),
    close: () => decoder.state !== 'closed' && decoder.close(),
    fault: () => fault,
    out,
  });
}

/** Decoded sound from `begin` to `end`, in seconds. The caller closes each. */
export async function* soundFrom(track: InputAudioTrack, begin: number, end: number): AsyncGenerator<AudioData> {
  const config = await track.getDecoderConfig();
  const sink = new EncodedPacketSink(track);
  const first = (await sink.getPacket(begin)) ?? (await sink.getFirstPacket());
  if (!config || !first) return;
  const out: AudioData[] = [];
  let fault: Error | null = null;
  const decoder = new AudioDecoder({ output: (data) => out.push(data), error: (error) => (fault = error) });
  decoder.configure(config);
  yield* pump(track, first, (packet) => packet.timestamp >= end, {
    feed: (packet) => decoder.decode(packet.toEncodedAudioChunk()),
    waiting: () => decoder.decodeQueueSize,
    flush: () => decoder.flush(),
    close: () => decoder.state !== 'closed' && decoder.close(),
    fault: () => fault,
    out,
  });
}

/** Feeds packets and gives what comes out. Whatever was not taken when the caller stops is closed. */
async function* pump<T extends { close(): void }>(
  track: InputVideoTrack | InputAudioTrack,
  first: EncodedPacket,
  isPast: (packet: EncodedPacket) => boolean,
  decoder: Decoder<T>,
): AsyncGenerator<T> {
  const { out } = decoder;
  try {
    for await (const packet of new EncodedPacketSink(track).packets(first)) {
      if (isPast(packet)) break;
      decoder.feed(packet);
      while (decoder.waiting() >= mostOpen && out.length === 0) await moment(decoder);
      while (out.length > 0) yield take(out);
    }
    const flush = { done: false };
    const flushing = decoder.flush().finally(() => (flush.done = true));
    flushing.catch(() => undefined);
    while (!flush.done || out.length > 0) {
      if (out.length > 0) yield take(out);
      else await moment(decoder);
    }
    await flushing;
  } finally {
    for (const rest of out.splice(0)) rest.close();
    decoder.close();
  }
}

function take<T>(out: T[]): T {
  const next = out.shift();
  if (next === undefined) throw new RangeError('nothing is decoded');
  return next;
}

async function moment(decoder: { readonly fault: () => Error | null }): Promise<void> {
  const fault = decoder.fault();
  if (fault) throw fault;
  await new Promise((resolve) => setTimeout(resolve, 2));
}
