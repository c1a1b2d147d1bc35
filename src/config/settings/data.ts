import { z } from 'zod';
import { keysAreRight, name, reason } from './fields.ts';

/** Rows allowed: an exact number, a range, shares of the rows that the table had, or a query that is run on the clone before migrating and returns the exact number. */
export const bound = z.union([
  z.int().nonnegative(),
  z.strictObject({
    min: z.int().nonnegative().optional().meta({ description: 'At least this many rows.' }),
    max: z.int().nonnegative().optional().meta({ description: 'At most this many rows.' }),
  }),
  z.strictObject({
    minPercent: z.number().nonnegative().optional().meta({ description: 'At least this share of the rows that the table had before migrating.' }),
    maxPercent: z.number().nonnegative().optional().meta({ description: 'At most this share of the rows that the table had before migrating.' }),
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

export const rowBounds = z
  .strictObject({
    table: name.meta({ description: 'schema.table as it is named after migrating.' }),
    migration: name.optional().meta({
      description:
        'The revision or file of one migration: the bound is for what it does, and not for all of them together. One that isn’t pending asks nothing.',
    }),
    statement: z.int().positive().optional().meta({ description: 'Which of its statements, from 1: the bound is for what this one does.' }),
    inserted: bound.optional().meta({ description: 'Rows that the migrations insert.' }),
    updated: bound.optional().meta({ description: 'Rows that the migrations update.' }),
    deleted: bound.optional().meta({ description: 'Rows that the migrations delete.' }),
    rows: bound.optional().meta({ description: 'Rows in the table after migrating.' }),
    stop: z.boolean().optional().meta({
      description:
        'true: the run stops at the statement that goes beyond the bound, or after the migration that stays below it, and nothing more is applied. false: told when all migrations have run. Unless given, bounds with a migration stop.',
    }),
  })
  .refine(({ migration, statement }) => statement === undefined || migration !== undefined, {
    error: 'has a statement, and no migration that it belongs to',
    when: keysAreRight,
  })
  .refine(({ migration, rows }) => rows === undefined || migration === undefined, {
    error: 'has both rows and migration: rows are counted when all migrations have run',
    when: keysAreRight,
  });

export const massChange = z.union([
  z.literal('off'),
  z.strictObject({
    percent: z.number().nonnegative().default(10).meta({ description: 'The share of the rows that the table had before migrating.' }),
    rows: z.int().nonnegative().default(1000).meta({ description: 'How many rows it has to be besides.' }),
  }),
]);

export const requiredTable = z.strictObject({
  table: name.meta({ description: 'schema.table, as it is named after migrating.' }),
  role: name
    .optional()
    .meta({ description: 'The role that the application uses; unless given compatibility.role, traffic.role or clone.user, the first that there is.' }),
  settings: z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' }),
  insert: z
    .union([z.string().min(1), z.literal(false)])
    .optional()
    .meta({ description: 'One INSERT that has to work; made from the catalog unless given. false: the application only reads the table.' }),
});

export const contentChange = z.strictObject({
  table: name.meta({ description: 'schema.table, as it is named before or after migrating.' }),
  columns: z.array(name).min(1).optional().meta({ description: 'The columns whose values may change or go; all of the table unless given.' }),
  reason,
});
