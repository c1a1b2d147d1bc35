import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const common = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  about: z.string().optional().meta({ description: 'Why it matters, in a sentence.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
};

const version = z.string().regex(/^\d+(\.\d+)?$/, 'must be a major version, or a major and a minor one: "15" or "15.4"');

const versionCheck = z
  .strictObject({
    kind: z.literal('version').meta({ description: 'The server’s version is in a range.' }),
    ...common,
    min: version.optional().meta({ description: 'The oldest version that will do, such as "15.4".' }),
    max: version.optional().meta({ description: 'The newest that will do; "15" means all of 15.' }),
  })
  .refine(({ min, max }) => min !== undefined || max !== undefined, { error: 'needs min, max or both', when: keysAreRight });

const roleCheck = z.strictObject({
  kind: z.literal('role').meta({ description: 'A role exists, and may or may not log in.' }),
  ...common,
  role: name.meta({ description: 'The role’s name.' }),
  login: z.boolean().default(true).meta({ description: 'Whether it must be able to log in.' }),
});

const connectionsCheck = z.strictObject({
  kind: z.literal('connections').meta({ description: 'Few enough connections are open.' }),
  ...common,
  maxPercent: z.number().positive().max(100).default(80).meta({ description: 'Of the connections that the server gives to ordinary roles.' }),
  max: z.int().nonnegative().optional().meta({ description: 'Besides: not more than this many.' }),
  poolerUrlVariable: name
    .optional()
    .meta({ description: 'The environment variable with the URL of PgBouncer’s admin console (database pgbouncer), which is asked SHOW POOLS.' }),
  maxWaiting: z.int().nonnegative().default(0).meta({ description: 'Clients that may wait in the pooler for a connection.' }),
});

const longTransactionsCheck = z.strictObject({
  kind: z.literal('long-transactions').meta({ description: 'No transaction is open for long: active, idle or prepared.' }),
  ...common,
  minutes: z.number().positive().default(5).meta({ description: 'For how long a transaction may have been open.' }),
});

const backupCheck = z
  .strictObject({
    kind: z.literal('backup').meta({ description: 'There is a backup that can be restored.' }),
    ...common,
    file: file.optional().meta({ description: 'An archive of pg_dump, which is read to its end; or a plain dump.' }),
    attestation: z
      .strictObject({
        by: name.meta({ description: 'Who says so.' }),
        at: z.iso.datetime({ offset: true }).meta({ description: 'When a restore was last seen to work, ISO 8601.' }),
        statement: z.string().min(10).meta({ description: 'What was restored, and how one knows; printed in the report.' }),
      })
      .optional()
      .meta({ description: 'In place of file: somebody’s word. The report says that it is no more than that.' }),
    maxAgeHours: z.number().positive().default(24).meta({ description: 'How old it may be.' }),
  })
  .refine((given) => (given.file === undefined) !== (given.attestation === undefined), { error: 'needs either file or attestation', when: keysAreRight });

export const serverCheck = z.discriminatedUnion('kind', [versionCheck, roleCheck, connectionsCheck, longTransactionsCheck, backupCheck]);
