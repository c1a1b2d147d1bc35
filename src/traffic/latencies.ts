const smallestMs = 0.01;
/** Each bucket reaches 5 % further than the one before, so a quantile is at most 5 % too high. */
const growth = Math.log(1.05);

/** Durations of any number of runs in a few kilobytes: exact maximum, quantiles to 5 %. */
export class Latencies {
  readonly #buckets: number[] = [];
  #count = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  add(durationMs: number): void {
    const bucket = durationMs <= smallestMs ? 0 : Math.ceil(Math.log(durationMs / smallestMs) / growth);
    while (this.#buckets.length <= bucket) this.#buckets.push(0);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /** The duration that this share of the runs didn't exceed, in milliseconds; 0 without runs. */
  quantileMs(share: number): number {
    const wanted = Math.max(1, Math.ceil(this.#count * share));
    let seen = 0;
    for (const [bucket, count] of this.#buckets.entries()) {
      seen += count;
      if (seen >= wanted) return Math.min(this.#maxMs, smallestMs * Math.exp(bucket * growth));
    }
    return this.#maxMs;
  }
}
