import { z } from 'zod';
import { keysAreRight, name } from './fields.ts';

export const requiredObjectKinds = ['table', 'view', 'materialized view', 'index', 'function', 'type', 'sequence', 'policy', 'trigger', 'constraint'] as const;

const column = z.strictObject({
  name: name.meta({ description: 'The column’s name.' }),
  type: name.optional().meta({ description: 'Its type as SQL writes it: `numeric(12,2)`, `int` and `integer` are the same.' }),
  nullable: z.boolean().optional().meta({ description: 'Whether it may be null.' }),
});

/** Of these there may be one in every table. */
const ofTable: ReadonlySet<string> = new Set(['policy', 'trigger', 'constraint']);

const requiredObject = z
  .strictObject({
    kind: z.enum(requiredObjectKinds).meta({ description: 'What it is.' }),
    name: name.meta({
      description: 'schema.name; of a policy, trigger or constraint the name alone. A function may have its argument types: `public.f(integer)`.',
    }),
    table: name.optional().meta({ description: 'schema.table to which a policy, trigger or constraint belongs.' }),
    columns: z.array(column).default([]).meta({ description: 'Of a table or view: columns that it must have.' }),
    madeByThisDeploy: z.boolean().default(false).meta({ description: 'true: it must not be there before migrating.' }),
  })
  .refine(({ kind, table }) => ofTable.has(kind) === (table !== undefined), {
    error: 'needs a table if it is a policy, trigger or constraint, and has none otherwise',
    when: keysAreRight,
  })
  .refine(({ kind, columns }) => columns.length === 0 || ['table', 'view', 'materialized view'].includes(kind), {
    error: 'has columns, and is neither a table nor a view',
    when: keysAreRight,
  });

export const requiredObjects = z.array(requiredObject).default([]).meta({
  description: 'Objects that must be there after migrating, and be valid: indexes built, constraints validated, triggers enabled, columns as listed.',
});
