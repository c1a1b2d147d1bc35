/**
 * The places of an id range at which batches of a long backfill are sampled, as shares of the range: first the ends, then the middle, then ever finer. After any
 * number of them the samples are spread evenly. The same order as GitLab's database testing takes them in.
 *
 * @example for (const share of batchOrder()) … // 0, 1, 1/2, 1/4, 3/4, 1/8, 3/8, …
 */
export function* batchOrder(): Generator<number, never> {
  yield 0;
  yield 1;
  for (let denominator = 2; ; denominator *= 2) {
    for (let numerator = 1; numerator < denominator; numerator += 2) yield numerator / denominator;
  }
}
