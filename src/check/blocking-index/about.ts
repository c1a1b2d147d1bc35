export const blockingIndex = {
  check: 'blocking-index',
  phase: 'migrate',
  question: 'Was an index built on a table of production without CONCURRENTLY?',
  effect: 'Nobody inserts, updates or deletes rows of the table until the index is built; behind ALTER TABLE nobody reads it either.',
  cure: 'Build it with CREATE INDEX CONCURRENTLY, outside of a transaction; a unique or primary key then takes the finished index.',
  limits: ['longLockMs', 'briefLockMs', 'smallTableRows', 'smallTableBytes'],
  way: 'instead',
  sources: [
    {
      says: 'CREATE INDEX locks out writers until it is done; with CONCURRENTLY it doesn’t, takes longer, can’t be in a transaction block, and leaves an invalid index behind where it fails.',
      url: 'https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY',
    },
    {
      says: 'An ACCESS EXCLUSIVE lock conflicts with every other mode, the ACCESS SHARE of a plain select too; SHARE, SHARE ROW EXCLUSIVE and EXCLUSIVE conflict with the ROW EXCLUSIVE of writers.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
    {
      says: 'GitLab: a query takes at most 100 ms in a migration and 1 s in a background migration, a concurrent operation 5 minutes in a regular and 20 in a post-deployment migration.',
      url: 'https://docs.gitlab.com/development/database/query_performance/#timing-guidelines-for-queries',
    },
  ],
} as const;
