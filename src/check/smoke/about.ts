import type { CheckAbout } from '../check-about.ts';

export const smokeCheck = {
  check: 'smoke',
  phase: 'compatibility',
  question: 'Does the application work: today’s before migrating, today’s on the migrated schema, and the new one?',
  effect:
    'A schema can be as wanted, and the application that uses it fails all the same. While a deploy rolls, the version that runs today meets the new schema; what breaks it is an outage, short as it may be.',
  cure: 'Read what the check was answered and what the application printed; correct the application, or migrate in steps that both versions can live with.',
  sources: [
    {
      says: 'A server counts the sessions of each database since PostgreSQL 14, and shows when each session ran its last statement: what nobody came to the clone for is told by that.',
      url: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW',
    },
  ],
} as const satisfies CheckAbout;
