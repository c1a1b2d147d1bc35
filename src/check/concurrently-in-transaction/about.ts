export const concurrentlyInTransaction = {
  check: 'concurrently-in-transaction',
  phase: 'migrate',
  question: 'Was CONCURRENTLY asked for inside of a transaction?',
  effect: 'PostgreSQL refuses it (SQLSTATE 25001) and the migration stops half way: such a statement has transactions of its own.',
  cure: 'Let the migration run without a transaction, with this statement alone in it. Several statements that are sent as one text are a transaction too.',
} as const;
