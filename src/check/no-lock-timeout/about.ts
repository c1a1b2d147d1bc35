export const noLockTimeout = {
  check: 'no-lock-timeout',
  phase: 'migrate',
  question: 'May a statement wait without end for a lock that stops the application?',
  effect:
    'A statement that waits for ACCESS EXCLUSIVE behind one long report makes everybody wait behind itself: a change that takes a millisecond becomes an outage as long as the report.',
  cure: 'Set lock_timeout at the beginning of the migration, and try again when it strikes.',
  limits: ['lockTimeoutMs'],
  way: 'before',
  sources: [
    {
      says: 'lock_timeout ends a statement that waits for longer than that for a lock; 0, the default, is no limit.',
      url: 'https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT',
    },
    {
      says: 'GitLab’s migrations wait only shortly for a lock, and then try again, because whatever needs the table queues behind whoever waits.',
      url: 'https://docs.gitlab.com/development/migration_style_guide/#retry-mechanism-when-acquiring-database-locks',
    },
  ],
} as const;
