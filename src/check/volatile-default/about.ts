export const volatileDefault = {
  check: 'volatile-default',
  phase: 'migrate',
  question: 'Was a table written anew because a new column gets another value in each row?',
  effect:
    'A constant default costs nothing; one such as gen_random_uuid(), an identity, serial or stored generated column is worked out for each row while nobody reads or writes the table.',
  cure: 'Add the column without its default, then set the default for new rows, and fill the old ones in batches.',
} as const;
