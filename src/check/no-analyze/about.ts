export const noAnalyze = {
  check: 'no-analyze',
  phase: 'migrate',
  question: 'Did many rows change without the table being analysed afterwards?',
  effect:
    'Until autovacuum comes by, the planner works with what it knew before: it knows nothing of a new or retyped column, and may read whole tables for queries that used an index.',
  cure: 'Analyse the table at the end of the migration; it takes a lock that stops nobody.',
  limits: ['backfillPercent', 'smallTableRows'],
  way: 'after',
  sources: [
    {
      says: 'After the contents of a table changed much, ANALYZE is what lets the planner know; autovacuum does it later by itself. It takes a lock that stops neither readers nor writers.',
      url: 'https://www.postgresql.org/docs/current/sql-analyze.html',
    },
    {
      says: 'The statistics of a column are gone when its type changes: ANALYZE is recommended afterwards.',
      url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES',
    },
  ],
} as const;
