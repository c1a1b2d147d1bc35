export const scanUnderLock = {
  check: 'scan-under-lock',
  phase: 'migrate',
  question: 'Was a whole table read while it was locked?',
  effect: 'Reading takes as long as the table is large, and all that time writers, behind ALTER TABLE readers too, wait for the lock.',
  cure: 'Change the definition in a short transaction of its own; read or fill the rows in others, in batches.',
} as const;
