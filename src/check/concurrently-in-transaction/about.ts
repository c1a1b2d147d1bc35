export const concurrentlyInTransaction = {
  check: 'concurrently-in-transaction',
  phase: 'migrate',
  question: 'Was CONCURRENTLY asked for inside of a transaction?',
  effect: 'PostgreSQL refuses it (SQLSTATE 25001) and the migration stops half way: such a statement has transactions of its own.',
  cure: 'Let the migration run without a transaction, with this statement alone in it. Several statements that are sent as one text are a transaction too.',
  way: 'instead',
  sources: [
    {
      says: 'CREATE INDEX locks out writers until it is done; with CONCURRENTLY it doesn’t, takes longer, can’t be in a transaction block, and leaves an invalid index behind where it fails.',
      url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
    },
  ],
} as const;
