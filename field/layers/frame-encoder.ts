/** Encodes frames drawn on one small canvas as VP9 or VP8, whichever this browser offers, through WebCodecs. */
import type { WebmChunk } from './webm.ts';

/** Bits a second: with 16 kbit/s of sound about 60 kB for 10 seconds. */
const bitsPerSecond = 26_000;
const keyFrameEveryMs = 5000;
const mostWaiting = 8;
const codecs = { 'vp09.00.10.08': 'V_VP9', vp8: 'V_VP8' } as const;

export class FrameEncoder {
  readonly codec: 'V_VP9' | 'V_VP8';
  readonly width: number;
  readonly height: number;
  readonly #encoder: VideoEncoder;
  readonly #context: OffscreenCanvasRenderingContext2D;
  readonly #chunks: WebmChunk[] = [];
  #fault: Error | null = null;
  #nextKeyMs = 0;

  /** Null when neither codec is offered. @param width - pixels, even. @param height - pixels, even */
  static async open(width: number, height: number, framesPerSecond: number): Promise<FrameEncoder | null> {
    if (typeof VideoEncoder === 'undefined') return null;
    for (const [codec, name] of Object.entries(codecs)) {
      const config: VideoEncoderConfig = {
        codec,
        width,
        height,
        bitrate: bitsPerSecond,
        framerate: framesPerSecond,
        latencyMode: 'quality',
      };
      const support = await VideoEncoder.isConfigSupported(config).catch(() => null);
      if (support?.supported) return new FrameEncoder(config, name);
    }
    return null;
  }

  private constructor(config: VideoEncoderConfig, codec: 'V_VP9' | 'V_VP8') {
    this.codec = codec;
    this.width = config.width;
    this.height = config.height;
    const context = new OffscreenCanvas(this.width, this.height).getContext('2d', { alpha: false });
    if (!context) throw new Error('no canvas here');
    this.#context = context;
    this.#encoder = new VideoEncoder({ output: (chunk) => this.#keep(chunk), error: (error) => (this.#fault = error) });
    this.#encoder.configure(config);
  }

  #keep(chunk: EncodedVideoChunk): void {
    const bytes = new Uint8Array(chunk.byteLength);
    chunk.copyTo(bytes);
    this.#chunks.push({ track: 'video', timeMs: chunk.timestamp / 1000, key: chunk.type === 'key', bytes });
  }

  /** Draws and encodes one frame; waits while the encoder is behind, so that memory stays flat. */
  async add(draw: (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void, timeMs: number): Promise<void> {
    if (this.#fault) throw this.#fault;
    draw(this.#context, this.width, this.height);
    const frame = new VideoFrame(this.#context.canvas, { timestamp: timeMs * 1000 });
    const keyFrame = timeMs >= this.#nextKeyMs;
    if (keyFrame) this.#nextKeyMs = timeMs + keyFrameEveryMs;
    this.#encoder.encode(frame, { keyFrame });
    frame.close();
    while (this.#encoder.encodeQueueSize > mostWaiting) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  async finish(): Promise<WebmChunk[]> {
    await this.#encoder.flush();
    this.#encoder.close();
    if (this.#fault) throw this.#fault;
    return this.#chunks;
  }
}
