export const longLock = {
  check: 'long-lock',
  phase: 'migrate',
  question: 'Was a table of production locked against writes for long, and what prolonged it?',
  effect:
    'A lock is held to the end of its transaction. Everything that wants the table queues behind it, also behind one that is only waited for, until the application has no connection left.',
  cure: 'Take the lock last, or alone in its transaction; give the slow statement a transaction of its own.',
} as const;
