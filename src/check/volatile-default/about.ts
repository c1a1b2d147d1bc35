export const volatileDefault = {
  check: 'volatile-default',
  phase: 'migrate',
  question: 'Was a table written anew because a new column gets another value in each row?',
  effect:
    'A constant default costs nothing; one such as gen_random_uuid(), an identity, serial or stored generated column is worked out for each row while nobody reads or writes the table.',
  cure: 'Add the column without its default, then set the default for new rows, and fill the old ones in batches.',
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
