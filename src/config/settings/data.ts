import { z } from 'zod';
import { name, reason } from './fields.ts';

/** Rows allowed: an exact number, a range, or a query that is run on the clone before migrating and returns the exact number. */
export const bound = z.union([
  z.int().nonnegative(),
  z.strictObject({
    min: z.int().nonnegative().optional().meta({ description: 'At least this many rows.' }),
    max: z.int().nonnegative().optional().meta({ description: 'At most this many rows.' }),
  }),
  z.strictObject({ query: z.string().min(1).meta({ description: 'Run on the clone before migrating; its only value is the exact number of rows.' }) }),
]);

export const expectation = z.union([
  z.strictObject({ rows: z.union([z.literal('none'), z.literal('some'), z.int().nonnegative()]).meta({ description: 'How many rows the query gives.' }) }),
  z.strictObject({ atLeast: z.int().positive().meta({ description: 'The query gives at least this many rows.' }) }),
  z.strictObject({ value: z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ description: 'Of the first column of the only row.' }) }),
  z.strictObject({
    error: z
      .string()
      .regex(/^[0-9A-Z]{5}$/)
      .meta({ description: 'The query fails with this SQLSTATE.' }),
    message: z.string().optional().meta({ description: 'Text that the message contains.' }),
  }),
]);

export const invariant = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  about: z.string().optional().meta({ description: 'What must hold, in a sentence.' }),
  sql: z.string().min(1).meta({ description: 'One query, run on the migrated clone.' }),
  role: name.optional().meta({ description: 'SET ROLE before. Invariants about row level security need the application’s role.' }),
  settings: z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' }),
  expect: expectation.meta({ description: 'What the query must give.' }),
  breakWith: z.string().optional().meta({
    description:
      'SQL that breaks the invariant, run as superuser in a transaction that is rolled back: shows that the check can fail. Unless given, row level security and triggers are switched off instead.',
  }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
});

export const rowBounds = z.strictObject({
  table: name.meta({ description: 'schema.table as it is named after migrating.' }),
  inserted: bound.optional().meta({ description: 'Rows that the migrations insert.' }),
  updated: bound.optional().meta({ description: 'Rows that the migrations update.' }),
  deleted: bound.optional().meta({ description: 'Rows that the migrations delete.' }),
  rows: bound.optional().meta({ description: 'Rows in the table after migrating.' }),
});

export const contentChange = z.strictObject({
  table: name.meta({ description: 'schema.table, as it is named before or after migrating.' }),
  columns: z.array(name).min(1).optional().meta({ description: 'The columns whose values may change or go; all of the table unless given.' }),
  reason,
});
