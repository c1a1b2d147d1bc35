export const droppedByCascade = {
  check: 'dropped-by-cascade',
  phase: 'migrate',
  question: 'Did CASCADE drop objects that the statement doesn’t name?',
  effect:
    'Views, foreign keys, policies and functions that somebody relies on go without being asked about; the statement only says so in a notice that nobody reads.',
  cure: 'Drop without CASCADE, which names what is in the way; then drop or change each of these on purpose.',
  sources: [
    {
      says: 'CASCADE drops the objects that depend on an object, and then those that depend on these; RESTRICT, the default, refuses.',
      url: 'https://www.postgresql.org/docs/current/ddl-depend.html',
    },
  ],
} as const;
