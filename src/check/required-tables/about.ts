import type { CheckAbout } from '../check-about.ts';

export const requiredTables: CheckAbout = {
  check: 'required-table',
  phase: 'data-gate',
  question: 'Can the application’s role still read and write the tables that it needs?',
  effect: 'A table that is gone or was made anew without its grants, a policy that lets nothing in: the first request after the deploy fails.',
  cure: 'Correct the migration: grant what is missing, or keep the table.',
};
