import type { CheckAbout } from '../check-about.ts';

/** What must be so on production itself when a deploy begins. */
export const serverCheckAbout: CheckAbout = {
  check: 'server-check',
  phase: 'preconditions',
  question: 'Is production, asked itself and only read, as the runbook wants it when the deploy begins?',
  effect:
    'The deploy begins on a server that isn’t ready for it: it waits behind somebody’s open transaction, finds no connection, or has no backup to go back to.',
  cure: 'Put right what the check names, and run again: the answer holds for the moment at which it was asked, and has to be asked once more before the deploy.',
  kinds: [
    { kind: 'version', says: 'the server’s version is in a range.' },
    { kind: 'role', says: 'a role is there, and may log in.' },
    {
      kind: 'connections',
      says: 'client connections against what the server gives to ordinary roles; where PgBouncer’s admin console is named, clients that wait there (SHOW POOLS).',
    },
    { kind: 'long-transactions', says: 'transactions that have been open for long: active, idle in transaction, or prepared and forgotten.' },
    {
      kind: 'backup',
      says: 'an archive of this very database, young enough, with the rows of every table, which pg_restore reads to its end: listing its contents shows nothing of that. Or somebody’s word, told as such.',
    },
  ],
  sources: [
    {
      says: 'Roles without pg_read_all_stats see neither state nor age of others’ transactions.',
      url: 'https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ACTIVITY-VIEW',
    },
    { says: 'A prepared transaction keeps its locks, also over a restart.', url: 'https://www.postgresql.org/docs/current/sql-prepare-transaction.html' },
    { says: 'PgBouncer’s SHOW POOLS tells how many clients wait for a connection, and for how long.', url: 'https://www.pgbouncer.org/usage.html#show-pools' },
  ],
};
