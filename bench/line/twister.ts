/**
 * The random numbers of Python's `random.Random(seed)`: MT19937 (Matsumoto and Nishimura, 1998), so that the weather of
 * `tools/line` can be told before it comes.
 */

const words = 624;
const middle = 397;

export class Twister {
  readonly #state = new Uint32Array(words);
  #at = words;

  /** @param seed - from 0 to below 2³² */
  constructor(seed: number) {
    const state = this.#state;
    this.#spread(19_650_218);
    // `init_by_array` with a key of one word, as Python seeds with a small integer.
    let i = 1;
    for (let k = 0; k < words; k += 1) {
      state[i] = (this.#mixed(i, 1_664_525) + seed) >>> 0;
      i = this.#next(i);
    }
    for (let k = 1; k < words; k += 1) {
      state[i] = (this.#mixed(i, 1_566_083_941) - i) >>> 0;
      i = this.#next(i);
    }
    state[0] = 0x80000000;
  }

  /** From 0 to below 1, of 53 random bits. */
  random(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 67_108_864 + low) / 9_007_199_254_740_992;
  }

  uniform(least: number, most: number): number {
    return least + (most - least) * this.random();
  }

  #spread(seed: number): void {
    this.#state[0] = seed;
    for (let i = 1; i < words; i += 1) {
      const before = this.#get(i - 1);
      this.#state[i] = (Math.imul(before ^ (before >>> 30), 1_812_433_253) + i) >>> 0;
    }
  }

  #mixed(i: number, factor: number): number {
    const before = this.#get(i - 1);
    return (this.#get(i) ^ Math.imul(before ^ (before >>> 30), factor)) >>> 0;
  }

  #next(i: number): number {
    if (i + 1 < words) return i + 1;
    this.#state[0] = this.#get(words - 1);
    return 1;
  }

  #word(): number {
    if (this.#at >= words) this.#turn();
    let word = this.#get(this.#at);
    this.#at += 1;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #turn(): void {
    for (let i = 0; i < words; i += 1) {
      const both = (this.#get(i) & 0x80000000) | (this.#get((i + 1) % words) & 0x7fffffff);
      this.#state[i] = this.#get((i + middle) % words) ^ (both >>> 1) ^ (both & 1 ? 0x9908b0df : 0);
    }
    this.#at = 0;
  }

  #get(i: number): number {
    return this.#state[i] ?? 0;
  }
}
