import type { CheckAbout } from '../check-about.ts';

export const queryCompatibility: CheckAbout = {
  check: 'query-compatibility',
  phase: 'compatibility',
  question: 'Do the queries of the application that runs today still work on the migrated schema, and those of the next one on today’s?',
  effect:
    'In a rolling deploy both applications run for a while on one schema: a query that names a column which is gone, or leaves out one that must be filled, fails for everybody until the last instance is replaced.',
  cure: 'Deploy in steps: add what is new and keep what is old, move the application over, and remove the old in a later release.',
  sources: [
    {
      says: 'A prepared statement is planned anew when a table that it uses has changed.',
      url: 'https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES',
    },
    {
      says: 'EXPLAIN without ANALYZE doesn’t execute the statement.',
      url: 'https://www.postgresql.org/docs/current/sql-explain.html#SQL-EXPLAIN-DESCRIPTION',
    },
  ],
};
