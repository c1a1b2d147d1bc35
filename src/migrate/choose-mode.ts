import type { Migration } from '../core/migration.ts';
import { transactionVerb } from '../sql/transaction-verb.ts';
import type { SqlFilesSettings } from './migrate-settings.ts';
import type { FileMode } from './run-file.ts';
import type { MigrationStatement } from './split-migration.ts';

/**
 * Whether a file gets a transaction of ours around it.
 *
 * Not when the configuration, the file or an earlier try says so; and not when it begins its own, since two can't be nested.
 * Prisma and others send a file as one query: the server makes several statements one transaction, but runs a lone statement without. So `auto` knows
 * beforehand, and a file that mixes CREATE INDEX CONCURRENTLY with others fails here as it does in production.
 */
export function chooseMode(
  migration: Pick<Migration, 'revision' | 'optsOutOfTransaction' | 'sentAs'>,
  statements: readonly MigrationStatement[],
  settings: Pick<SqlFilesSettings, 'transaction' | 'layout'>,
  noTransaction: ReadonlySet<string>,
): FileMode {
  if (settings.transaction === 'none' || migration.optsOutOfTransaction || noTransaction.has(migration.revision)) return 'as-it-stands';
  if (statements.some(({ text }) => transactionVerb(text) === 'begins')) return 'as-it-stands';
  if (settings.transaction === 'auto' && isOneQuery(migration, settings) && statements.length === 1) return 'as-it-stands';
  return 'wrapped';
}

/** Whether it is known how the file is sent: what can’t run so fails in production too, and trying it otherwise would hide that. */
export function isSentAsKnown(migration: Pick<Migration, 'sentAs'>, settings: Pick<SqlFilesSettings, 'layout'>): boolean {
  return migration.sentAs !== undefined || settings.layout === 'prisma-folders';
}

function isOneQuery({ sentAs }: Pick<Migration, 'sentAs'>, { layout }: Pick<SqlFilesSettings, 'layout'>): boolean {
  return sentAs === undefined ? layout === 'prisma-folders' : sentAs === 'one-query';
}
