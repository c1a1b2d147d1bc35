import { quoteIdentifier } from '../../../sql/quote.ts';
import { type DigestEncoding, digest } from './digest.ts';

/** How the bits of each integer type, its sign left out, are split into two halves. */
const halves = { 15: [7, 8], 31: [15, 16], 63: [31, 32] } as const;

/**
 * A salted permutation of an integer type: no two values become one, so that keys stay keys. An alternating Feistel network of four rounds:
 * each round changes one half by a digest of the other, which can be undone and therefore loses nothing. The sign is kept.
 */
export function permuteInteger(column: string, bits: 15 | 31 | 63, encoding: DigestEncoding): string {
  const [, low] = halves[bits];
  const mask = (count: number) => ((1n << BigInt(count)) - 1n).toString();
  const round = (index: number, of: 'l' | 'r', into: number) => {
    const hashed = digest(`'round ${bits}.${index} ' || p.${of}::pg_catalog.text`, encoding);
    return `(('x' || pg_catalog.substr(pg_catalog.encode(${hashed}, 'hex'), 1, 8))::pg_catalog.bit(32)::pg_catalog.int8 & ${mask(into)})`;
  };
  let from = `(select ${quoteIdentifier(column)}::pg_catalog.int8 as v offset 0) as p`;
  from = `(select p.v, (p.v & ${mask(bits)}) >> ${low} as l, p.v & ${mask(low)} as r from ${from} offset 0) as p`;
  for (const index of [1, 3]) {
    from = `(select p.v, p.l # ${round(index, 'r', bits - low)} as l, p.r from ${from} offset 0) as p`;
    from = `(select p.v, p.l, p.r # ${round(index + 1, 'l', low)} as r from ${from} offset 0) as p`;
  }
  // Adding the type's least value to what a positive number became gives a negative one, each its own.
  const least = `'${-(1n << BigInt(bits))}'::pg_catalog.int8`;
  return `(select ((p.l << ${low}) | p.r) + case when p.v < 0 then ${least} else 0 end from ${from})`;
}
