export const integerKey = {
  check: 'integer-key',
  phase: 'migrate',
  question: 'Is an integer key about to be used up?',
  effect:
    'When the sequence or the column’s type has no value left, every insert fails (SQLSTATE 2200H or 22003), and changing the type then means writing the table anew.',
  cure: 'Change the key and all columns that refer to it to bigint in good time: a second column, filled in batches, swapped.',
  limits: ['keyUsedPercent'],
  way: 'instead',
  sources: [
    {
      says: 'integer ends at 2,147,483,647, smallint at 32,767, bigint at 9,223,372,036,854,775,807.',
      url: 'https://www.postgresql.org/docs/current/datatype-numeric.html#DATATYPE-INT',
    },
  ],
} as const;
