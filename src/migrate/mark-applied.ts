import type { Migration } from '../core/migration.ts';
import type { Session } from '../core/ports.ts';
import { findLedgerTable } from './ledger-table.ts';
import { ledgerMatch, matchRevisions } from './match-revisions.ts';
import { readLedger } from './read-ledger.ts';
import type { MigrateSettings } from './read-migrations.ts';
import { type NotRecorded, recordRevision } from './record-revision.ts';

/** `absent`: the schema files don't make the ledger, its tool does. `none`: no ledger is configured. */
export type Marking = { readonly ledger: 'marked' | 'absent' | 'none'; readonly notRecorded: readonly NotRecorded[] };

/** Writes into a baseline's ledger that every migration is applied, leaving alone the rows that the schema files brought. Throws SqlError. */
export async function markApplied(session: Session, settings: MigrateSettings, migrations: readonly Migration[]): Promise<Marking> {
  if (settings.ledger === undefined) return { ledger: 'none', notRecorded: [] };
  const found = await findLedgerTable(session, settings.ledger);
  if (!found.ok) return { ledger: 'absent', notRecorded: [] };
  const ledger = found.value;
  const match = ledgerMatch(ledger, 'match' in settings.ledger ? settings.ledger.match : 'any');
  const find = matchRevisions(migrations, match);
  const there = new Set((await readLedger(session, ledger)).map(({ value }) => find(value)?.revision));
  // golang-migrate keeps one row, Alembic too: the last migration stands for all.
  const wanted = ledger.shape === 'current' || ledger.shape === 'head' ? migrations.slice(-1) : migrations;
  const notRecorded: NotRecorded[] = [];
  for (const migration of wanted) {
    if (there.has(migration.revision)) continue;
    const refused = await recordRevision(session, ledger, migration, match, false);
    if (refused !== undefined) notRecorded.push(refused);
  }
  return { ledger: 'marked', notRecorded };
}
