import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const session = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
      .meta({ description: 'What the report calls it, in kebab-case.' }),
    about: z.string().optional().meta({ description: 'What the application does there, in a sentence.' }),
    sql: z
      .string()
      .min(1)
      .optional()
      .meta({ description: 'What the application says, such as `select app.set_tenant_context(…)`. It runs in a transaction that is committed.' }),
    file: file.optional().meta({ description: 'In place of sql: a file with it, relative to the configuration file.' }),
    role: name.optional().meta({ description: 'The role that logs in; compatibility.role or traffic.role unless given.' }),
    settings: z
      .array(name)
      .default([])
      .meta({ description: 'Names of settings that it makes, such as app.tenant_id. Those named in SQL, functions, policies and views are found.' }),
    required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
  })
  .refine((given) => (given.sql === undefined) !== (given.file === undefined), { error: 'needs either sql or file', when: keysAreRight });

/** The application behind a pooler. */
export const pooling = z.strictObject({
  mode: z.literal('transaction').meta({ description: 'transaction: clients share connections of the server, each for one transaction.' }),
  program: file.optional().meta({ description: 'PgBouncer’s program; pgbouncer from PATH or the usual folders unless given.' }),
  sessions: z
    .array(session)
    .default([])
    .refine((given) => new Set(given.map(({ name: of }) => of)).size === given.length, {
      error: 'has two entries of one name: reports tell them apart by it',
      when: keysAreRight,
    })
    .meta({ description: 'What the application says when it takes a connection. What of it the next client meets is a finding.' }),
});
