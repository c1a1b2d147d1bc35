export const blockingIndex = {
  check: 'blocking-index',
  phase: 'migrate',
  question: 'Was an index built on a table of production without CONCURRENTLY?',
  effect: 'Nobody inserts, updates or deletes rows of the table until the index is built; behind ALTER TABLE nobody reads it either.',
  cure: 'Build it with CREATE INDEX CONCURRENTLY, outside of a transaction; a unique or primary key then takes the finished index.',
} as const;
