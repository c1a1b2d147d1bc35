import type { CheckAbout } from '../check-about.ts';

export const isolation: CheckAbout = {
  check: 'isolation',
  phase: 'verdict',
  question: 'Did anybody but this run work on the clone, from when it was complete until the run ended?',
  effect:
    'Somebody else’s writes are taken for the migrations’, or hide them; somebody else’s locks are taken for production’s, and an application is tried on rows that nobody knows. What was measured then says nothing.',
  cure: 'Find out who connects to the clone (monitoring, an application whose configuration names it, a person; a migration tool or smoke command that finds the server’s own port and goes around the address in its environment), keep them away, and run again.',
  sources: [
    {
      says: 'pg_stat_database.sessions counts the sessions that were established to a database.',
      url: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW',
    },
  ],
};
