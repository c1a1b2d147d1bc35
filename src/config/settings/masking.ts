import { z } from 'zod';
import { fakeKinds } from '../../core/masking.ts';
import { name, reason } from './fields.ts';

const maskWords = ['keep', 'null', 'hash', ...fakeKinds.map((kind) => `fake:${kind}` as const)] as const;

/** What comes over instead of a column. */
export const columnMask = z.union([
  z.enum(maskWords).meta({
    description:
      'keep: as it is, since it is not personal. null: always NULL. hash: a salted hash of the same type; equal values stay equal, in every table. ' +
      'fake:…: something made up that looks real; equal values get the same.',
  }),
  z.strictObject({ keep: reason.meta({ description: 'As it is, and why that is right.' }) }),
  z.strictObject({ constant: z.union([z.string(), z.number(), z.boolean()]).meta({ description: 'Instead of every value that is not NULL.' }) }),
  z.strictObject({
    sql: z.string().min(1).meta({
      description:
        'An SQL expression that production evaluates for each row; it may use the row’s other columns. Names of functions and types need their schema.',
    }),
  }),
]);

export const masking = z
  .strictObject({
    columns: z
      .record(z.string().min(1), columnMask)
      .default({})
      .meta({ description: 'What comes over instead of each column, by schema.table.column. A partitioned table or a parent decides for all its children.' }),
    saltVariable: name.optional().meta({
      description:
        'The environment variable that holds the salt, at least 16 characters: copies with the same salt agree with each other. Random for each copy unless given.',
    }),
    largeObjects: z
      .enum(['empty', 'keep'])
      .optional()
      .meta({ description: 'Large objects can’t be masked: empty makes each without its content. Needed where production has any.' }),
    strict: z
      .boolean()
      .default(false)
      .meta({ description: 'true: every column that is not obviously harmless needs a decision, not only those that look personal.' }),
  })
  .meta({
    description: 'Personal data that never leaves production: production itself gives these columns masked, and nothing is copied while one is undecided.',
  });
