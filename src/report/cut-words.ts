import type { Cut, CutPoint } from '../core/interruption.ts';
import { showCountOf } from './measures.ts';

/** What became of the second run. */
export const cutOutcomeWords: Readonly<Record<Cut['outcome'], string>> = {
  continues: 'goes on',
  blocked: 'is blocked',
  'silently-skips': 'ends well with another result',
  'not-tried': 'not tried',
};

/** Where a deploy was cut off. */
export function cutPlaceWords({ kind, statement, statements, migration }: Pick<CutPoint, 'kind' | 'statement' | 'statements' | 'migration'>): string {
  const number = `statement ${statement} of ${statements}`;
  return {
    'in-transaction': `${migration}: in its transaction, after ${number}`,
    'between-statements': `${migration}: after ${number}`,
    'in-statement': `${migration}: in the middle of ${number}`,
    'before-ledger': `${migration}: done, and the ledger doesn’t know`,
    'between-migrations': `${migration}: done, before the next one`,
  }[kind];
}

/**
 * All cuts in a line; undefined where nothing was cut off.
 *
 * @example 'Cut off at 5 places and run again: goes on 4 times, is blocked once'
 */
export function cutsSentence(cuts: readonly Cut[]): string | undefined {
  if (cuts.length === 0) return undefined;
  const parts = (Object.keys(cutOutcomeWords) as Cut['outcome'][]).flatMap((outcome) => {
    const count = cuts.filter((cut) => cut.outcome === outcome).length;
    return count === 0 ? [] : [`${cutOutcomeWords[outcome]} ${count === 1 ? 'once' : `${count} times`}`];
  });
  return `Cut off at ${showCountOf(cuts.length, 'place', 'places')} and run again: ${parts.join(', ')}`;
}
