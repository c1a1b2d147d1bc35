import type { CheckAbout } from '../check-about.ts';

export const alreadyExists = {
  check: 'already-exists',
  phase: 'migrate',
  question: 'Is what a migration wants to make there already, and is it the same?',
  effect:
    'The deploy stops at the statement. Skipping it is only safe where what is there is just what it would make: else the new release meets another schema than it was written for.',
  cure: 'Where it is the same, find out how it came there, and record the migration as applied or make the statement IF NOT EXISTS. Where it isn’t, bring production to what the repo says first.',
  sources: [
    {
      says: '42P07 duplicate_table, 42710 duplicate_object, 42701 duplicate_column, 42P06 duplicate_schema, 42723 duplicate_function.',
      url: 'https://www.postgresql.org/docs/current/errcodes-appendix.html',
    },
  ],
} as const satisfies CheckAbout;
