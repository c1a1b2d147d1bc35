import type { Advice } from '../../core/explained-comparison.ts';
import type { RecordedStatement } from '../../core/recording.ts';

/** Longer statements are named by their beginning. */
const longest = 2_000;

/** Two statements in a transaction each: the second one runs when the lock of the first is gone. */
export function splitWay(locking: RecordedStatement, slow: RecordedStatement): Advice {
  return {
    statements: [
      '-- the lock is held only for this\nbegin',
      `set local lock_timeout = '2s'`,
      textOf(locking),
      'commit',
      `-- in a transaction of its own, or in batches\n${textOf(slow)}`,
    ],
    notes: ['In a migration tool: two migrations, or one that runs without a transaction.'],
  };
}

function textOf({ text }: RecordedStatement): string {
  const bare = text.trim().replace(/;+$/, '');
  return bare.length > longest ? `${bare.slice(0, longest)} …` : bare;
}
