import type { CheckAbout } from '../check-about.ts';

export const forbiddenErrors: CheckAbout = {
  check: 'forbidden-error',
  phase: 'migrate',
  question: 'Did any statement meet an error that must not happen, even one that the tool passed over?',
  effect:
    'A tool that goes on after “already exists” or “does not exist” leaves a schema that its history doesn’t describe, and reports success. A lock timeout or deadlock that is tried again here may not end well in production.',
  cure: 'Bring production and the history together before the deploy, or take the SQLSTATE out of migrate.forbiddenErrors where the error is meant to happen.',
  sources: [
    {
      says: '42P07 duplicate_table, 42703 undefined_column, 42710 duplicate_object, 55P03 lock_not_available, 40P01 deadlock_detected.',
      url: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    },
  ],
};
