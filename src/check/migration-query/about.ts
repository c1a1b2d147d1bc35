import type { CheckAbout } from '../check-about.ts';

/** What must hold right before a migration. */
export const beforeCheck: CheckAbout = {
  check: 'before-check',
  phase: 'migrate',
  question: 'Right before a migration, does what it needs hold, and could the check have noticed if it didn’t?',
  effect: 'The migration meets what it wasn’t written for: it fails half way, or goes through and does something else than it should.',
  cure: 'Put right what the check asks about before the deploy, or correct the check in runbook.migrations. Don’t run this migration or the next: they build on it.',
};

/** What must hold right after a migration, before the next one. */
export const verifyQuery: CheckAbout = {
  check: 'verify-query',
  phase: 'migrate',
  question: 'Right after a migration, has it made what it is for, and did that not hold before?',
  effect: 'The migration ran without an error and didn’t do what it is for: the next ones build on something that isn’t there.',
  cure: 'Correct the migration, or the query in runbook.migrations if it asks for something else. Don’t run the next migration: it builds on this one.',
  sources: [
    {
      says: 'psql goes on after an error, and ends with 0, unless ON_ERROR_STOP is set: what ran without a word isn’t what worked.',
      url: 'https://www.postgresql.org/docs/current/app-psql.html',
    },
  ],
};
