export const validatedUnderLock = {
  check: 'validated-under-lock',
  phase: 'migrate',
  question: 'Was NOT NULL, a foreign key or a check validated while the table was locked?',
  effect:
    'All rows are read before the lock is let go: for NOT NULL and checks nobody reads or writes the table meanwhile, for a foreign key nobody writes either table.',
  cure: 'Add the constraint NOT VALID, which reads nothing, and validate it in a later transaction, which lets writers through.',
} as const;
