import type { CheckAbout } from '../check-about.ts';

export const lockRetries = {
  check: 'lock-retries',
  phase: 'migrate',
  question: 'Do the migrations get through with the lock_timeout and the retries that the deploy uses?',
  effect: 'A deploy that gives up leaves the new release waiting; one that can’t be tried again leaves the database half migrated.',
  cure: 'Allow more retries or longer pauses, end long transactions before deploying, or take the lock in a statement of its own.',
  sources: [
    {
      says: 'A statement that waits for a lock for longer than lock_timeout is ended; 0 is no limit.',
      url: 'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT',
    },
  ],
} as const satisfies CheckAbout;
