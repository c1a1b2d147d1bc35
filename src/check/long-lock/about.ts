export const longLock = {
  check: 'long-lock',
  phase: 'migrate',
  question: 'Was a table of production locked against writes for long, and what prolonged it?',
  effect:
    'A lock is held to the end of its transaction. Everything that wants the table queues behind it, also behind one that is only waited for, until the application has no connection left.',
  cure: 'Take the lock last, or alone in its transaction; give the slow statement a transaction of its own.',
  limits: ['longLockMs', 'briefLockMs'],
  way: 'instead',
  sources: [
    { says: 'A lock is held to the end of its transaction.', url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES' },
    {
      says: 'An ACCESS EXCLUSIVE lock conflicts with every other mode, the ACCESS SHARE of a plain select too; SHARE, SHARE ROW EXCLUSIVE and EXCLUSIVE conflict with the ROW EXCLUSIVE of writers.',
      url: 'https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES',
    },
  ],
} as const;
