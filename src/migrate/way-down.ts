import type { Migration } from '../core/migration.ts';
import { hasNoTransactionMark } from './transaction-mark.ts';

/**
 * The way down of a migration in the shape of one, so that whatever runs migrations can run it; undefined where there is none. One that holds
 * nothing but comments has no statements.
 */
export function wayDown(migration: Migration): Migration | undefined {
  const { revision, file, sha256, down, downFile = file, downLine = 1, downSentAs = migration.sentAs } = migration;
  if (down === undefined) return undefined;
  const same = { revision, file: downFile, sha256, up: down, upLine: downLine };
  if (downSentAs === 'statements') return { ...same, optsOutOfTransaction: true };
  if (downSentAs !== undefined) return { ...same, optsOutOfTransaction: false, sentAs: downSentAs };
  // Where both ways stand in one file, its mark is for both.
  const optsOutOfTransaction = downFile === file ? migration.optsOutOfTransaction : hasNoTransactionMark(down) || down.startsWith('-- no-transaction');
  return { ...same, optsOutOfTransaction };
}
