import type { StatementRecord } from '../../core/migration.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import type { TableRowChange } from './row-changes.ts';

const tags = { inserted: ['INSERT', 'COPY', 'SELECT'], updated: ['UPDATE'], deleted: ['DELETE'] } as const;

/**
 * The statement that a volume comes from: the only one of the right kind that names the table and for which the server reported
 * as many rows as were measured. Anything less certain is left open, since triggers and cascades write rows too.
 */
export function statementThatWrote(
  kind: keyof typeof tags,
  rows: number,
  change: TableRowChange | undefined,
  statements: readonly StatementRecord[],
): StatementRecord | undefined {
  if (change === undefined || rows === 0) return undefined;
  const names = new Set([change.name, change.formerName].flatMap((name) => name?.split('.').at(-1) ?? []));
  const fitting = statements.filter(
    (statement) =>
      statement.rows === rows &&
      tags[kind].some((tag) => tag === statement.tag) &&
      significantTokens(statement.text).some(({ name }) => name !== undefined && names.has(name)),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
}
