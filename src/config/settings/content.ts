import { z } from 'zod';
import { keysAreRight, name, reason } from './fields.ts';

/** Some rows in place of all: told in the gate and in the verdict. */
export const sample = z.strictObject({
  sample: z.number().positive().lt(100).meta({
    description:
      'Percent of the rows, chosen by a hash of their primary key, the same ones each time. Tables without such a key, and those of which it would be fewer than 1,000 rows, are hashed whole.',
  }),
});

const deviation = z.union([
  z.int().positive(),
  z.strictObject({ percent: z.number().positive().max(100).meta({ description: 'In percent of the source’s rows.' }) }),
]);

export const parityException = z.strictObject({
  table: name.meta({ description: 'schema.table, as production calls it.' }),
  columns: z.array(name).min(1).optional().meta({ description: 'The columns that may hold other values. Needs data.parity content.' }),
  rows: deviation.optional().meta({ description: 'How far the number of rows may be off. With neither rows nor columns, all of the table may differ.' }),
  reason,
});

/** An exception for columns that nobody compares would never be used. */
export function checkExceptions(payload: z.core.ParsePayload): void {
  if (!keysAreRight(payload)) return;
  const { parity, parityExceptions } = payload.value as { readonly parity: unknown; readonly parityExceptions: readonly z.output<typeof parityException>[] };
  if (parity !== 'counts') return;
  for (const [index, { columns }] of parityExceptions.entries()) {
    if (columns === undefined) continue;
    payload.issues.push({
      code: 'custom',
      input: columns,
      path: ['parityExceptions', index, 'columns'],
      message: 'means something only where data.parity is content or a sample',
    });
  }
}
