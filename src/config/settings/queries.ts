import { z } from 'zod';
import { file, name, reason } from './fields.ts';

const folder = file
  .optional()
  .meta({ description: 'A folder of .sql files, subfolders included. Parameters are written as $1, or by name as :name or @name.' });
const log = file.optional().meta({
  description:
    'A log of Postgres with the statements that ran (log_statement or log_min_duration_statement): jsonlog, csvlog, or stderr with any log_line_prefix. English messages.',
});
const asked = {
  role: name.optional().meta({
    description:
      'The role as which queries are tried, so that its rights count. Unless given, the one that runs them in production, where that is known, else compatibility.role or traffic.role. With none of them it is a superuser, whom no missing right stops: nothing passes then.',
  }),
  searchPath: z.array(name).min(1).optional().meta({ description: 'Schemas in which names are looked for; what the role has in production unless given.' }),
  settings: z
    .record(z.string(), z.string())
    .default({})
    .meta({ description: 'Set before, such as app.tenant_id where policies ask for it; those of traffic.settings are set too.' }),
  ignore: z
    .array(
      z.strictObject({
        query: name.meta({ description: 'The query’s id, as in the report, or its text, in which * stands for anything.' }),
        reason,
      }),
    )
    .default([])
    .meta({ description: 'Queries that need not run any more.' }),
};

/** What today’s application sends: it has to run on tomorrow’s schema. */
export const queries = z
  .strictObject({
    statements: z.enum(['auto', 'required', 'off']).default('auto').meta({
      description: 'Queries of the source’s pg_stat_statements. auto: where it has them. required: a run without them is inconclusive. off: not asked for.',
    }),
    folder,
    log,
    changedResult: z.enum(['fail', 'report']).default('report').meta({
      description: 'What a query does whose result has other columns than before: prepared statements of open sessions fail once, strict clients for good.',
    }),
    ...asked,
  })
  .prefault({})
  .meta({
    description: 'Queries of the application that runs today. Each is prepared and planned, never run, on a clone before migrating and on the migrated one.',
  });

/** What tomorrow’s application sends: in a rolling deploy it may meet today’s schema. */
export const newQueries = z
  .strictObject({
    folder,
    log,
    policy: z.enum(['fail', 'report']).default('fail').meta({ description: 'What a query does that doesn’t run on the schema before migrating.' }),
    ...asked,
  })
  .check((payload) => {
    if (payload.value.folder !== undefined || payload.value.log !== undefined) return;
    payload.issues.push({ code: 'custom', input: payload.value, message: 'needs a folder or a log' });
  })
  .meta({ description: 'Queries of the application that is about to be deployed, where it runs before the migrations do.' });

export const plans = z
  .strictObject({
    policy: z.enum(['fail', 'report', 'off']).default('report').meta({ description: 'What a query does whose plan has become much worse.' }),
    factor: z.number().min(1).default(10).meta({ description: 'By how much its estimated cost may grow.' }),
    minCost: z.number().min(0).default(10_000).meta({ description: 'Costs below this, in the planner’s unit (about a page), don’t matter.' }),
    largeTableRows: z.int().min(0).default(10_000).meta({ description: 'From so many rows on, reading all of a table that was read by an index matters.' }),
  })
  .prefault({})
  .meta({ description: 'How the plans of the application’s queries may change on tables that the migrations touch.' });
