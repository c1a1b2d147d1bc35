import type { CheckAbout } from '../check-about.ts';

export const interruptedMigration = {
  check: 'interrupted-migration',
  phase: 'migrate',
  question: 'If the deploy is cut off half way, does running it again end where it should?',
  effect:
    'A deploy job that is killed, or loses its connection, leaves behind what was committed. A second run then stops at what is there already, or passes over it and calls half a migration done.',
  cure: 'Let the migration run in one transaction. Where it can’t, give each such statement a migration of its own, and begin it with a statement that removes what an earlier try left (drop index concurrently if exists …).',
  sources: [
    {
      says: 'CREATE INDEX CONCURRENTLY that is interrupted leaves an invalid index behind, and IF NOT EXISTS passes over any relation of that name.',
      url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
    },
  ],
} as const satisfies CheckAbout;
