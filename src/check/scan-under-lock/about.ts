export const scanUnderLock = {
  check: 'scan-under-lock',
  phase: 'migrate',
  question: 'Was a whole table read while it was locked?',
  effect: 'Reading takes as long as the table is large, and all that time writers, behind ALTER TABLE readers too, wait for the lock.',
  cure: 'Change the definition in a short transaction of its own; read or fill the rows in others, in batches.',
  limits: ['longLockMs', 'briefLockMs', 'smallTableRows', 'smallTableBytes'],
  way: 'instead',
  sources: [
    { says: 'A lock is held to the end of its transaction.', url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES' },
    {
      says: 'An ACCESS EXCLUSIVE lock conflicts with every other mode, the ACCESS SHARE of a plain select too; SHARE, SHARE ROW EXCLUSIVE and EXCLUSIVE conflict with the ROW EXCLUSIVE of writers.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
  ],
} as const;
