export const noAnalyze = {
  check: 'no-analyze',
  phase: 'migrate',
  question: 'Did many rows change without the table being analysed afterwards?',
  effect:
    'Until autovacuum comes by, the planner works with what it knew before: it knows nothing of a new or retyped column, and may read whole tables for queries that used an index.',
  cure: 'Analyse the table at the end of the migration; it takes a lock that stops nobody.',
} as const;
