import type { Migration } from '../../../core/migration.ts';
import type { Session } from '../../../core/ports.ts';
import type { LedgerTable } from '../../ledger-table.ts';
import type { LedgerRow } from '../../read-ledger.ts';
import { compareFlywayVersions, type FlywayVersion, readFlywayVersion } from './file-name.ts';

/** A row of flyway_schema_history. */
export interface HistoryRow {
  readonly version: string | null;
  readonly description: string;
  readonly type: string;
  readonly script: string;
  readonly checksum: string | null;
  readonly success: boolean;
}

/** What Flyway recorded, in the order in which it did. Throws SqlError. */
export async function readHistoryTable(session: Session, { sqlName }: Pick<LedgerTable, 'sqlName'>): Promise<readonly HistoryRow[]> {
  return await session.query<HistoryRow>(`
select h.version::text as version, h.description::text as description, h.type::text as type, h.script::text as script, h.checksum::text as checksum, h.success
from ${sqlName} h
order by h.installed_rank`);
}

/** A migration’s own name among Flyway’s: its version, or its description where it is repeatable. */
export interface FlywayIdentity {
  readonly migration: Migration;
  readonly version?: FlywayVersion;
  readonly description: string;
}

/**
 * What the rows say of the repo’s migrations, each under its revision, as MigrationInfoServiceImpl.java works it out.
 *
 * A baseline stands for all versions up to its own. A version that was undone, or deleted by `repair`, isn’t applied. A repeatable migration is applied only as long as its
 * checksum is that of its newest row; one that the repo doesn’t have any more is nobody’s business. The row by which Flyway marks that it made a schema is none.
 */
export function historyRows(rows: readonly HistoryRow[], identities: readonly FlywayIdentity[]): readonly LedgerRow[] {
  const byVersion = new Map<string, LedgerRow>();
  const newest = new Map<string, HistoryRow>();
  let baseline: FlywayVersion | undefined;
  for (const row of rows) {
    const version = row.version === null ? undefined : readFlywayVersion(row.version);
    if (row.type === 'SCHEMA') continue;
    if (version === undefined) {
      newest.set(row.description, row);
      continue;
    }
    const key = version.parts.join('.');
    if (row.type.endsWith('BASELINE')) {
      if (baseline === undefined || compareFlywayVersions(version, baseline) > 0) baseline = version;
    } else if (row.type === 'DELETE' || row.type.startsWith('UNDO')) {
      if (row.success) byVersion.set(key, { value: revisionFor(version, identities), state: 'reverted' });
    } else {
      // Flyway doesn’t look at the checksums of what its baseline stands for.
      const below = baseline !== undefined && compareFlywayVersions(version, baseline) <= 0;
      const checksum = row.checksum === null || below ? {} : { checksum: row.checksum };
      byVersion.set(key, { value: revisionFor(version, identities), state: row.success ? 'applied' : 'unfinished', ...checksum });
    }
  }
  return [...belowBaseline(baseline, byVersion, identities), ...byVersion.values(), ...repeatables(newest, identities)];
}

function revisionFor(version: FlywayVersion, identities: readonly FlywayIdentity[]): string {
  return identities.find((one) => one.version !== undefined && compareFlywayVersions(one.version, version) === 0)?.migration.revision ?? version.text;
}

function belowBaseline(
  baseline: FlywayVersion | undefined,
  recorded: ReadonlyMap<string, LedgerRow>,
  identities: readonly FlywayIdentity[],
): readonly LedgerRow[] {
  if (baseline === undefined) return [];
  // Nobody asks for migrations: what counts is that there is something.
  if (identities.length === 0) return [{ value: baseline.text, state: 'applied' }];
  return identities.flatMap(({ migration, version }) => {
    if (version === undefined || compareFlywayVersions(version, baseline) > 0 || recorded.has(version.parts.join('.'))) return [];
    return [{ value: migration.revision, state: 'applied' as const }];
  });
}

function repeatables(newest: ReadonlyMap<string, HistoryRow>, identities: readonly FlywayIdentity[]): readonly LedgerRow[] {
  return identities.flatMap(({ migration, version, description }): readonly LedgerRow[] => {
    const row = version === undefined ? newest.get(abbreviated(description)) : undefined;
    if (row === undefined || row.type === 'DELETE') return [];
    if (!row.success) return [{ value: migration.revision, state: 'unfinished' }];
    // Flyway runs it again when it was edited: that is what it is there for.
    return row.checksum === migration.checksum ? [{ value: migration.revision, state: 'applied', checksum: row.checksum ?? '' }] : [];
  });
}

/** As the column takes it: 200 characters. */
export function abbreviated(description: string): string {
  return description.length <= 200 ? description : `${description.slice(0, 197)}...`;
}
