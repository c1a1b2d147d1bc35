import type { Context, Session } from '../../core/ports.ts';
import { ok } from '../../core/result.ts';
import type { LedgerTable } from '../../migrate/ledger-table.ts';
import { prepareMigrator } from '../../migrate/migrator.ts';
import { quoteIdentifier } from '../../sql/quote.ts';
import { accessOn } from '../migrator-access.ts';
import type { Provided } from '../phases/provision.ts';
import type { RehearseRequest } from '../request.ts';
import type { Run } from '../run.ts';
import { withSession } from '../with-session.ts';

/**
 * Why the role that migrates production doesn’t see its list of applied migrations as we do, who see everything: rights, row level security, a view that asks who looks.
 * Where we run the statements, what we see decides what is pending; in production it is what the migrator sees. Undefined where both see the same, and where the
 * tool itself looks.
 */
export async function seenByMigrator(
  context: Context,
  run: Pick<Run, 'hide'>,
  { settings }: RehearseRequest,
  { clone, facts, shared }: Provided,
  ledger: LedgerTable,
): Promise<string | undefined> {
  if (settings.migrate.tool !== 'sql-files') return undefined;
  const migrator = await prepareMigrator(context, clone.admin, facts.roles, settings.migrate.role, accessOn(context, shared));
  // Whoever migrates says so a moment later.
  if (!migrator.ok) return undefined;
  run.hide(migrator.value.address.password);
  const [ours, theirs] = [
    await withSession(context, clone.admin, async (session) => ok(await valuesOf(session, ledger))),
    await withSession(context, migrator.value.address, async (session) => ok(await valuesOf(session, ledger))),
  ];
  if (!ours.ok) return undefined;
  const { role } = migrator.value;
  if (!theirs.ok) return `${role} can’t read ${ledger.sqlName}: ${theirs.failure.message}`;
  const hidden = ours.value.filter((value) => !theirs.value.includes(value));
  const more = theirs.value.filter((value) => !ours.value.includes(value));
  if (hidden.length + more.length === 0) return undefined;
  return hidden.length > 0
    ? `${role} doesn’t see ${hidden.join(', ')} in ${ledger.sqlName}`
    : `${role} sees ${more.join(', ')} in ${ledger.sqlName}, and nobody else does`;
}

async function valuesOf(session: Session, { sqlName, column }: LedgerTable): Promise<readonly string[]> {
  const name = `l.${quoteIdentifier(column)}`;
  const rows = await session.query<{ value: string | null }>(`select distinct ${name}::text as value from ${sqlName} l order by 1`);
  return rows.map(({ value }) => value ?? '(nothing)');
}
