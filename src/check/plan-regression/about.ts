import type { CheckAbout } from '../check-about.ts';

export const planRegression: CheckAbout = {
  check: 'plan-regression',
  phase: 'compatibility',
  question: 'Did the plan of a query of the application become much worse on a table that the migrations touch?',
  effect: 'A query that runs often and now reads a whole table takes the server’s processors and disks from all others.',
  cure: 'Keep the index that the query needs, or build its successor before the old one goes; run ANALYZE after a migration that writes a table anew.',
  sources: [
    {
      says: 'Changing a column’s type removes its statistics: ANALYZE afterwards is recommended.',
      url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES',
    },
  ],
};
