/** Mixes decoded sound to one channel and encodes it as Opus at 16 kbit/s, through WebCodecs. */
import type { WebmChunk } from './webm.ts';

const bitsPerSecond = 16_000;
const mostWaiting = 32;

export interface EncodedSound {
  readonly track: { readonly head: Uint8Array; readonly rate: number };
  readonly chunks: readonly WebmChunk[];
}

export class SoundEncoder {
  readonly #beginSeconds: number;
  readonly #chunks: WebmChunk[] = [];
  #encoder: AudioEncoder | null = null;
  #rate = 0;
  #head: Uint8Array | null = null;
  #fault: Error | null = null;

  /** @param beginSeconds - time in the original at which the cut begins */
  constructor(beginSeconds: number) {
    this.#beginSeconds = beginSeconds;
  }

  /** @throws DOMException when this browser has no Opus encoder */
  async add(sample: AudioData): Promise<void> {
    if (this.#fault) throw this.#fault;
    this.#encoder ??= this.#open(sample.sampleRate);
    const data = new AudioData({
      format: 'f32-planar',
      sampleRate: sample.sampleRate,
      numberOfFrames: sample.numberOfFrames,
      numberOfChannels: 1,
      timestamp: Math.max(0, Math.round(sample.timestamp - this.#beginSeconds * 1e6)),
      data: mixed(sample),
    });
    this.#encoder.encode(data);
    data.close();
    while (this.#encoder.encodeQueueSize > mostWaiting) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Null when there was no sound. */
  async finish(): Promise<EncodedSound | null> {
    if (!this.#encoder) return null;
    await this.#encoder.flush();
    this.#encoder.close();
    if (this.#fault) throw this.#fault;
    return this.#head ? { track: { head: this.#head, rate: this.#rate }, chunks: this.#chunks } : null;
  }

  #open(sampleRate: number): AudioEncoder {
    this.#rate = sampleRate;
    const encoder = new AudioEncoder({ output: (chunk, about) => this.#keep(chunk, about), error: (error) => (this.#fault = error) });
    encoder.configure({ codec: 'opus', sampleRate, numberOfChannels: 1, bitrate: bitsPerSecond });
    return encoder;
  }

  #keep(chunk: EncodedAudioChunk, about: EncodedAudioChunkMetadata | undefined): void {
    const description = about?.decoderConfig?.description;
    if (description) this.#head = bytesOf(description);
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    this.#chunks.push({ track: 'sound', timeMs: Math.max(0, chunk.timestamp / 1000), key: true, bytes });
  }
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
    : new Uint8Array(source).slice();
}

function mixed(sample: AudioData): Float32Array<ArrayBuffer> {
  const sum = new Float32Array(sample.numberOfFrames);
  const plane = new Float32Array(sample.numberOfFrames);
  for (let channel = 0; channel < sample.numberOfChannels; channel++) {
    sample.copyTo(plane, { planeIndex: channel, format: 'f32-planar' });
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (plane[i] ?? 0) / sample.numberOfChannels;
  }
  return sum;
}
