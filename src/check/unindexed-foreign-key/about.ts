export const unindexedForeignKey = {
  check: 'unindexed-foreign-key',
  phase: 'migrate',
  question: 'Does a new foreign key lack an index on the referencing side?',
  effect: 'Each deletion of a referenced row, and each change of its key, reads the whole referencing table, and holds its locks meanwhile.',
  cure: 'Build an index that begins with the foreign key’s columns, concurrently, before adding the key.',
} as const;
