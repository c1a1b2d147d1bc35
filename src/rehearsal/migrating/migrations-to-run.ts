import type { Migration } from '../../core/migration.ts';
import { chooseMode } from '../../migrate/choose-mode.ts';
import type { Lineage } from '../../migrate/lineage.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import type { Provided } from '../phases/provision.ts';
import type { RehearseRequest } from '../request.ts';

/** Where only the team's own tool knows what is pending, all are looked at. */
export function migrationsToRun({ migrations }: Pick<Provided, 'migrations'>, { from, pending }: Lineage): readonly Migration[] {
  return from === 'unknown' || from === 'head-only' ? migrations : pending;
}

/** Revisions that run without a transaction of ours around them. */
export function withoutOurs(
  { settings: { migrate } }: RehearseRequest,
  migrations: readonly Migration[],
  noTransaction: readonly string[],
): ReadonlySet<string> {
  if (migrate.tool === 'command') return new Set();
  const alone = (one: Migration) => chooseMode(one, splitMigration(one).statements, migrate, new Set(noTransaction)) !== 'wrapped';
  return new Set(migrations.filter(alone).map(({ revision }) => revision));
}
