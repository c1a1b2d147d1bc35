import type { CheckAbout } from '../check-about.ts';

export const backup: CheckAbout = {
  check: 'backup',
  phase: 'preconditions',
  question: 'Is there a backup, or a point in time, that production could be brought back to?',
  effect: 'A deploy that goes wrong without one can’t be taken back: what it wrote or dropped is gone.',
  cure: 'Make a backup, or repair WAL archiving, before the deploy; then run again.',
  sources: [
    {
      says: 'pg_stat_archiver tells when a WAL file was last archived, and when that last failed.',
      url: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ARCHIVER-VIEW',
    },
  ],
};
