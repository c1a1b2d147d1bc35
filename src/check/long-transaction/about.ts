export const longTransaction = {
  check: 'long-transaction',
  phase: 'migrate',
  question: 'Did one transaction last long?',
  effect:
    'While it is open, vacuum can’t take away what died since in any table of the database, replicas with hot_standby_feedback hold back theirs, and every lock that it took is held to its end.',
  cure: 'Cut the migration into transactions that each do one thing; fill rows in batches, each committed.',
  limits: ['transactionMs'],
  sources: [
    {
      says: 'VACUUM removes only what no open transaction could still see.',
      url: 'https://www.postgresql.org/docs/current/routine-vacuuming.html#VACUUM-FOR-SPACE-RECOVERY',
    },
    {
      says: 'With hot_standby_feedback, what a standby may still see is kept on the primary, too.',
      url: 'https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-CONFLICT',
    },
  ],
} as const;
