export const unindexedForeignKey = {
  check: 'unindexed-foreign-key',
  phase: 'migrate',
  question: 'Does a new foreign key lack an index on the referencing side?',
  effect: 'Each deletion of a referenced row, and each change of its key, reads the whole referencing table, and holds its locks meanwhile.',
  cure: 'Build an index that begins with the foreign key’s columns, concurrently, before adding the key.',
  limits: ['smallTableRows', 'smallTableBytes'],
  way: 'before',
  sources: [
    {
      says: 'PostgreSQL makes no index on the referencing columns by itself; a deletion or update of a referenced row reads the referencing table for rows that match.',
      url: 'https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK',
    },
  ],
} as const;
