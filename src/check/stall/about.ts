export const stall = {
  check: 'stall',
  phase: 'migrate',
  question: 'Were readers or writers stalled while the migrations ran?',
  effect: 'Requests that wait hold their connections; when the pool is empty, the application stands still, also where it doesn’t need the table.',
  cure: 'See which statement stands before the stalled one: shorten its lock, or let it give up early (lock_timeout) and try again.',
} as const;
