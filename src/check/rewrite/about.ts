export const rewrite = {
  check: 'rewrite',
  phase: 'migrate',
  question: 'Was a table or index that production has written anew under a lock?',
  effect: 'Until the last row is written, nobody reads or writes the table; it also needs its size in disk space again, and its WAL goes to every replica.',
  cure: 'Make the new form beside the old one, fill it in batches and swap both in a short transaction.',
  limits: ['longLockMs', 'briefLockMs', 'smallTableRows', 'smallTableBytes'],
  way: 'instead',
  sources: [
    {
      says: 'Another type for a column, or a volatile default for a new one, writes the table and its indexes anew; a constant default does not.',
      url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES',
    },
    {
      says: 'An ACCESS EXCLUSIVE lock conflicts with every other mode, the ACCESS SHARE of a plain select too; SHARE, SHARE ROW EXCLUSIVE and EXCLUSIVE conflict with the ROW EXCLUSIVE of writers.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
  ],
} as const;
