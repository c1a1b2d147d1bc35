import type { Migration } from '../../../core/migration.ts';
import type { Session } from '../../../core/ports.ts';
import { qualifiedName } from '../../../sql/quote.ts';
import type { LedgerTable } from '../../ledger-table.ts';
import type { LedgerRow } from '../../read-ledger.ts';
import { revisionOf } from './order-migrations.ts';

/**
 * What `django_migrations` says of the repo's apps, as `app.name` in the order of its ids; those of other apps, such as auth, are none of the repo's. A squashed
 * migration counts as applied once all are that it replaces, as in Django; the rows of these are not told. Throws SqlError.
 */
export async function readDjangoLedger(session: Session, ledger: LedgerTable, migrations: readonly Migration[]): Promise<readonly LedgerRow[]> {
  const rows = await session.query<{ app: string; name: string }>(
    `select m.app, m.name from ${qualifiedName(ledger.schema, ledger.name)} m order by m.id, m.app, m.name`,
  );
  const apps = new Set(migrations.map(({ ledgerKey }) => ledgerKey?.app));
  const recorded = rows.filter(({ app }) => apps.has(app)).map(({ app, name }) => revisionOf([app, name]));
  const has = new Set(recorded);
  const replacedOf = new Map(migrations.map(({ revision, ledgerKey }) => [revision, ledgerKey?.replaces?.split('\n') ?? []]));
  const replaced = new Set([...replacedOf.values()].flat());
  const values = recorded.filter((revision) => {
    // Its own row alone isn't enough where one that it replaces was taken back.
    const parts = replacedOf.get(revision) ?? [];
    return !replaced.has(revision) && parts.every((part) => has.has(part));
  });
  for (const [revision, parts] of replacedOf) if (parts.length > 0 && !values.includes(revision) && parts.every((part) => has.has(part))) values.push(revision);
  return [...new Set(values)].map((value) => ({ value, state: 'applied' }));
}

/** Squashed migrations of which a part is applied and another isn't: Django then runs the old files, if they are still there. */
export async function halfReplaced(session: Session, ledger: LedgerTable, migrations: readonly Migration[]): Promise<readonly string[]> {
  const rows = await session.query<{ app: string; name: string }>(`select m.app, m.name from ${qualifiedName(ledger.schema, ledger.name)} m order by m.id`);
  const has = new Set(rows.map(({ app, name }) => revisionOf([app, name])));
  return migrations.flatMap(({ revision, ledgerKey }) => {
    const parts = ledgerKey?.replaces?.split('\n') ?? [];
    const applied = parts.filter((part) => has.has(part)).length;
    return applied > 0 && applied < parts.length ? [revision] : [];
  });
}
