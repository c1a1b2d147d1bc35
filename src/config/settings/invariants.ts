import { z } from 'zod';
import { expectation } from './data.ts';
import { keysAreRight, name } from './fields.ts';

const table = name.meta({ description: 'schema.table as it is named after migrating.' });
const columns = (description: string) => z.array(name).min(1).meta({ description });
const text = z.union([z.string(), z.number()]);
const settings = z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' });
const role = name.optional().meta({ description: 'SET LOCAL ROLE before; a superuser unless given.' });
const sqlstate = z.string().regex(/^[0-9A-Z]{5}$/, 'must be a SQLSTATE of five characters');

const common = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  about: z.string().optional().meta({ description: 'What must hold, in a sentence.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
};

export const sqlInvariant = z.strictObject({
  kind: z.literal('sql').optional().meta({ description: 'A query of your own; the kind of entries that name none.' }),
  ...common,
  sql: z.string().min(1).meta({ description: 'One query, run on the migrated clone.' }),
  role: name.optional().meta({ description: 'SET ROLE before. Invariants about row level security need the application’s role.' }),
  settings,
  expect: expectation.meta({ description: 'What the query must give.' }),
  breakWith: z.string().optional().meta({
    description:
      'SQL that breaks the invariant, run as superuser in a transaction that is rolled back: shows that the check can fail. Unless given, row level security and triggers are switched off instead.',
  }),
});

export const rlsIsolation = z
  .strictObject({
    kind: z.literal('rls-isolation').meta({ description: 'Row level security hides other tenants’ rows from a role, and refuses to write them.' }),
    ...common,
    tables: z.array(table).min(1).meta({ description: 'The tables, schema.table as they are named after migrating. Partitions are tried too.' }),
    role: name.meta({ description: 'The role that the application uses.' }),
    settings: z
      .record(z.string(), z.string())
      .meta({ description: 'The context of one tenant, by SET LOCAL. {tenant} in a value is replaced by a tenant that has rows in all the tables.' }),
    tenantColumn: name.optional().meta({ description: 'The column that names the tenant whose row it is.' }),
    tenant: text.optional().meta({ description: 'The tenant of that context; the value of the only setting unless given.' }),
    visibleWhere: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'In place of tenantColumn: an SQL condition that is true for exactly the rows which that context may see.' }),
    withoutContext: z
      .union([
        z.strictObject({ rows: z.literal('none').meta({ description: 'It sees no row.' }) }),
        z.strictObject({
          error: sqlstate.meta({ description: 'Its queries fail with this SQLSTATE.' }),
          message: z.string().optional().meta({ description: 'Text that the message contains.' }),
        }),
      ])
      .default({ rows: 'none' })
      .meta({ description: 'What the role meets where no context is set: no rows unless given, or an error such as { "error": "P0001" }.' }),
    commands: z
      .array(z.enum(['insert', 'update', 'delete']))
      .default(['insert', 'update', 'delete'])
      .meta({ description: 'What is tried on other tenants’ rows, besides reading, as far as the role has the right to.' }),
  })
  .refine((given) => (given.tenantColumn === undefined) !== (given.visibleWhere === undefined), {
    error: 'needs either tenantColumn or visibleWhere',
    when: keysAreRight,
  })
  .refine((given) => given.tenantColumn === undefined || given.tenant !== undefined || Object.keys(given.settings).length === 1, {
    error: 'needs tenant, since it has not exactly one setting that could name it',
    when: keysAreRight,
  });

export const appendOnly = z.strictObject({
  kind: z.literal('append-only').meta({ description: 'Rows that are there can be neither updated nor deleted, and the table can’t be truncated.' }),
  ...common,
  table,
  role: name.optional().meta({ description: 'The application’s role; without one, all is tried as the table’s owner.' }),
  settings,
  asOwner: z
    .boolean()
    .optional()
    .meta({ description: 'Whether the owner must be refused too; where the table has triggers, or no role is given, unless told.' }),
  columns: columns('The columns that may not change; all unless given.').optional(),
  commands: z
    .array(z.enum(['update', 'delete', 'truncate']))
    .min(1)
    .default(['update', 'delete', 'truncate'])
    .meta({ description: 'What must fail.' }),
  error: sqlstate.optional().meta({ description: 'The SQLSTATE with which the triggers refuse; any unless given.' }),
});

export const statusForward = z
  .strictObject({
    kind: z.literal('status-forward').meta({ description: 'A status moves forward only: steps back fail, and steps forward succeed.' }),
    ...common,
    table,
    column: name.meta({ description: 'The column that holds the status.' }),
    order: z
      .array(z.string())
      .min(2)
      .optional()
      .meta({ description: 'The states from first to last: each step back must fail, each to the next must succeed.' }),
    transitions: z
      .record(z.string(), z.array(z.string()))
      .optional()
      .meta({ description: 'In place of order: the states that each state may move to. Everything else between the states named must fail.' }),
    role,
    settings,
  })
  .refine((given) => (given.order === undefined) !== (given.transitions === undefined), { error: 'needs either order or transitions', when: keysAreRight });

export const viewEquals = z.strictObject({
  kind: z.literal('view-equals').meta({ description: 'A view holds exactly the rows that a query of your own computes from the tables.' }),
  ...common,
  view: name.meta({ description: 'schema.view, materialized or not.' }),
  columns: columns('The view’s columns that are compared, in the order of the query’s; all unless given.').optional(),
  sql: z.string().min(1).meta({ description: 'The recomputation: one query with the same columns. It must not read the view.' }),
  role,
  settings,
});

export const balances = z
  .strictObject({
    kind: z.literal('balances').meta({ description: 'Amounts balance: they sum to zero, or debits equal credits, in each group of rows.' }),
    ...common,
    table,
    amount: name.optional().meta({ description: 'The column whose sum must be zero.' }),
    debit: name.optional().meta({ description: 'In place of amount, with credit: the column of debits.' }),
    credit: name.optional().meta({ description: 'The column of credits.' }),
    groupBy: z
      .array(name)
      .default([])
      .meta({ description: 'The columns by which rows belong together, such as the entry’s number; the whole table unless given.' }),
  })
  .refine((given) => (given.amount === undefined) === (given.debit !== undefined) && (given.debit === undefined) === (given.credit === undefined), {
    error: 'needs either amount, or both debit and credit',
    when: keysAreRight,
  });

export const foreignKeysHold = z.strictObject({
  kind: z.literal('foreign-keys-hold').meta({ description: 'Every reference leads to a row, also where the foreign key is NOT VALID or only meant.' }),
  ...common,
  constraints: columns('Names of foreign keys, as name or schema.table.name; all of the database unless given.').optional(),
  references: z
    .array(
      z.strictObject({
        table,
        columns: columns('The columns that refer.'),
        references: z
          .strictObject({ table, columns: columns('The columns that they refer to, in the same order.') })
          .meta({ description: 'What they refer to.' }),
      }),
    )
    .default([])
    .meta({ description: 'References for which there is no foreign key.' }),
});

export const sequenceAhead = z.strictObject({
  kind: z.literal('sequence-ahead').meta({ description: 'Sequences are ahead of the numbers that they have to give next.' }),
  ...common,
  sequences: columns('schema.sequence; unless given, all that belong to a column or are its default.').optional(),
});

/** What must hold after migrating: SQL of one’s own, or one of the ready-made kinds. */
export const invariant = z.discriminatedUnion('kind', [
  sqlInvariant,
  rlsIsolation,
  appendOnly,
  statusForward,
  viewEquals,
  balances,
  foreignKeysHold,
  sequenceAhead,
]);

export const invariants = z.array(invariant).refine((given) => new Set(given.map(({ name: of }) => of)).size === given.length, {
  error: 'has two entries of one name: reports tell them apart by it',
  when: keysAreRight,
});
