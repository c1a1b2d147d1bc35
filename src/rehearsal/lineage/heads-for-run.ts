import type { RevisionPlace } from '../../core/lineage.ts';
import type { Migration } from '../../core/migration.ts';
import { headsOf } from '../../migrate/heads.ts';
import type { MigrateSettings } from '../../migrate/read-migrations.ts';

/** The revisions that nothing follows, with their files; undefined where only the team's own command knows what its files mean. */
export function headsForRun(settings: MigrateSettings, migrations: readonly Migration[]): readonly RevisionPlace[] | undefined {
  if (settings.tool === 'command' && settings.adapter === undefined) return undefined;
  const heads = new Set(headsOf(migrations));
  return migrations.filter(({ revision }) => heads.has(revision)).map(({ revision, file }) => ({ revision, file }));
}
