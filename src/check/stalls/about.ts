import type { CheckAbout } from '../check-about.ts';

export const stall = {
  check: 'stall',
  phase: 'migrate',
  question: 'Did readers and writers of the tables that matter have to wait while the migrations ran?',
  effect:
    'Requests that wait for a lock keep their connection and their worker: within seconds the pool is empty, and what doesn’t touch the table stalls too.',
  cure: 'Take the lock for less time: build indexes concurrently, add constraints NOT VALID and validate them later, and do the slow part in a transaction that holds no strong lock.',
  limits: ['stallMs'],
  sources: [
    {
      says: 'A lock that conflicts with one that is only waited for waits behind it.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
  ],
} as const satisfies CheckAbout;

export const applicationErrors = {
  check: 'application-errors',
  phase: 'migrate',
  question: 'Did sessions that were open while the migrations ran meet errors that they don’t meet otherwise?',
  effect: 'The application that is running while the deploy goes on sees the same errors.',
  cure: 'Change the schema so that the running application and the next one both work: add first, deploy, and remove in a later release.',
} as const satisfies CheckAbout;
