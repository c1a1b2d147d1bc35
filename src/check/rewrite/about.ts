export const rewrite = {
  check: 'rewrite',
  phase: 'migrate',
  question: 'Was a table or index that production has written anew under a lock?',
  effect: 'Until the last row is written, nobody reads or writes the table; it also needs its size in disk space again, and its WAL goes to every replica.',
  cure: 'Make the new form beside the old one, fill it in batches and swap both in a short transaction.',
} as const;
