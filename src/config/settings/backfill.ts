import { z } from 'zod';
import { name } from './fields.ts';

/** A backfill that runs after the migrations, batch by batch. */
export const backfill = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  table: name.meta({ description: 'schema.table whose rows are gone through, as it is named after migrating.' }),
  idColumn: name.default('id').meta({ description: 'An integer column with an index, by which the batches are cut.' }),
  batchSize: z.int().min(1).default(1000).meta({ description: 'Rows of the table in a batch.' }),
  sql: z
    .string()
    .regex(/\$1\b[\s\S]*\$2\b|\$2\b[\s\S]*\$1\b/, 'must hold $1 and $2, the first and the last id of a batch')
    .meta({ description: 'One statement that does a batch: $1 and $2 stand for its first and last id, both included.' }),
  role: name.optional().meta({ description: 'The role that runs it; the migrator unless given.' }),
  pauseMs: z.int().nonnegative().default(0).meta({ description: 'How long production pauses between two batches, in milliseconds.' }),
  batchMs: z.int().positive().default(1000).meta({ description: 'How long one batch may take on the clone, in milliseconds.' }),
  totalHours: z.number().positive().optional().meta({ description: 'How long all of it may take in production; no limit unless given.' }),
  sampleSeconds: z
    .number()
    .positive()
    .default(60)
    .meta({ description: 'How long batches are tried, spread evenly over the ids; a table that is done before ends it.' }),
  policy: z.enum(['blocker', 'warning', 'note']).default('blocker').meta({ description: 'What it is when a limit is broken.' }),
});
