export const integerKey = {
  check: 'integer-key',
  phase: 'migrate',
  question: 'Is an integer key about to be used up?',
  effect:
    'When the sequence or the column’s type has no value left, every insert fails (SQLSTATE 2200H or 22003), and changing the type then means writing the table anew.',
  cure: 'Change the key and all columns that refer to it to bigint in good time: a second column, filled in batches, swapped.',
} as const;
