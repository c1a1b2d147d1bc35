import type { Migration } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { headsOf } from './heads.ts';
import { findLedgerTable, type LedgerTable } from './ledger-table.ts';
import { ledgerMatch, matchRevisions } from './match-revisions.ts';
import type { MigrateSettings } from './migrate-settings.ts';
import { readLedger } from './read-ledger.ts';
import { type NotRecorded, recordRevision } from './record-revision.ts';
import { adapterOf } from './tools/adapters.ts';

/** `absent`: the schema files don't make the ledger, its tool does. `none`: no ledger is configured. */
export type Marking = { readonly ledger: 'marked' | 'absent' | 'none'; readonly notRecorded: readonly NotRecorded[] };

/** Writes into a baseline's ledger that every migration is applied, leaving alone the rows that the schema files brought. Throws SqlError. */
export async function markApplied(session: Session, settings: MigrateSettings, migrations: readonly Migration[]): Promise<Marking> {
  if (settings.ledger === undefined) return { ledger: 'none', notRecorded: [] };
  const found = await findLedgerTable(session, settings.ledger);
  if (!found.ok) return { ledger: 'absent', notRecorded: [] };
  const ledger = found.value;
  const match = ledgerMatch(ledger, 'match' in settings.ledger ? settings.ledger.match : 'any');
  const adapter = adapterOf(settings);
  const rows = (await adapter?.readLedger?.(session, ledger, migrations)) ?? (await readLedger(session, ledger));
  const find = matchRevisions(migrations, adapter?.readLedger === undefined ? match : 'revision');
  const there = new Set(rows.map(({ value }) => find(value)?.revision));
  const wanted = rowsOf(ledger.shape, migrations);
  const notRecorded: NotRecorded[] = [];
  for (const migration of wanted) {
    if (there.has(migration.revision)) continue;
    const refused = await recordRevision(session, ledger, migration, match, false, adapter?.ledgerValues?.(migration, migrations));
    if (refused !== undefined) notRecorded.push(refused);
  }
  return { ledger: 'marked', notRecorded };
}

/** golang-migrate keeps one row: the last migration stands for all. Alembic keeps one for each that nothing rests on. */
function rowsOf(shape: LedgerTable['shape'], migrations: readonly Migration[]): readonly Migration[] {
  if (shape === 'current') return migrations.slice(-1);
  if (shape !== 'head') return migrations;
  const needed = new Set(migrations.flatMap(({ dependsOn = [] }) => dependsOn));
  const heads = new Set(headsOf(migrations));
  return migrations.filter(({ revision }) => heads.has(revision) && !needed.has(revision));
}
