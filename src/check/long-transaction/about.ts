export const longTransaction = {
  check: 'long-transaction',
  phase: 'migrate',
  question: 'Did one transaction last long?',
  effect:
    'While it is open, vacuum can’t take away what died since in any table of the database, replicas with hot_standby_feedback hold back theirs, and every lock that it took is held to its end.',
  cure: 'Cut the migration into transactions that each do one thing; fill rows in batches, each committed.',
} as const;
