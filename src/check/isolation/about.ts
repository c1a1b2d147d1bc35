import type { CheckAbout } from '../check-about.ts';

export const isolation: CheckAbout = {
  check: 'isolation',
  phase: 'data-gate',
  question: 'Did anybody but this run work on the clone, from when it was complete until its data had been judged?',
  effect:
    'Somebody else’s writes are taken for the migrations’, or hide them; somebody else’s locks are taken for production’s. What was measured then says nothing.',
  cure: 'Find out who connects to the clone (monitoring, an application whose configuration names it, a person), keep them away, and run again.',
  sources: [
    {
      says: 'pg_stat_database.sessions counts the sessions that were established to a database.',
      url: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW',
    },
  ],
};
