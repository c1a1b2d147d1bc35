export const validatedUnderLock = {
  check: 'validated-under-lock',
  phase: 'migrate',
  question: 'Was NOT NULL, a foreign key or a check validated while the table was locked?',
  effect:
    'All rows are read before the lock is let go: for NOT NULL and checks nobody reads or writes the table meanwhile, for a foreign key nobody writes either table.',
  cure: 'Add the constraint NOT VALID, which reads nothing, and validate it in a later transaction, which lets writers through.',
  limits: ['longLockMs', 'briefLockMs', 'smallTableRows', 'smallTableBytes'],
  way: 'instead',
  sources: [
    {
      says: 'NOT VALID puts the reading off; VALIDATE CONSTRAINT then takes SHARE UPDATE EXCLUSIVE, which lets readers and writers through. SET NOT NULL reads nothing where a valid check proves it.',
      url: 'https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES',
    },
    {
      says: 'An ACCESS EXCLUSIVE lock conflicts with every other mode, the ACCESS SHARE of a plain select too; SHARE, SHARE ROW EXCLUSIVE and EXCLUSIVE conflict with the ROW EXCLUSIVE of writers.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
  ],
} as const;
