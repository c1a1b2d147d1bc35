export const noLockTimeout = {
  check: 'no-lock-timeout',
  phase: 'migrate',
  question: 'May a statement wait without end for a lock that stops the application?',
  effect:
    'A statement that waits for ACCESS EXCLUSIVE behind one long report makes everybody wait behind itself: a change that takes a millisecond becomes an outage as long as the report.',
  cure: 'Set lock_timeout at the beginning of the migration, and try again when it strikes.',
} as const;
