import { z } from 'zod';
import { file, name } from './fields.ts';

const replay = z
  .strictObject({
    file: file.optional().meta({
      description:
        'JSON (a list) or JSON Lines of statements: `{ "statement": "select …", "parameters": [[1], [2]], "perSecond": 5 }`; parameters and rate are optional.',
    }),
    source: z.boolean().default(false).meta({
      description:
        'Statements and rates of the source’s pg_stat_statements. Those whose parameters it doesn’t know, and writes, are parsed but not run: they wait for the same locks.',
    }),
    maxStatements: z.int().min(1).max(200).default(20).meta({ description: 'How many statements, the most frequent first.' }),
  })
  .meta({ description: 'The application’s own statements, read-only, at their own rate.' });

const retriesAsked = z.strictObject({
  lockTimeoutMs: z.array(z.int().min(1)).min(1).meta({ description: 'The lock_timeouts to try, in milliseconds: each is rehearsed on a clone of its own.' }),
  retries: z.int().min(0).max(100).default(5).meta({ description: 'How often the deploy tries again after lock_not_available.' }),
  pauseMs: z.int().min(0).default(1000).meta({ description: 'How long it waits before it does.' }),
});

const retries = z.union([z.literal('off'), retriesAsked]).meta({
  description:
    'What a lock_timeout with retries would have done: a policy that doesn’t get through fails the run. Unless given, 500 ms and 5 retries are tried where ' +
    'somebody was stalled by a queue, or where the migrations’ own lock_timeout ended them, and only told. off: never.',
});

/** What else goes on while the migrations run. */
export const traffic = z
  .strictObject({
    enabled: z.boolean().default(true).meta({ description: 'false: the migrations run on a quiet copy, and nothing is known of stalls.' }),
    role: name.optional().meta({ description: 'The role that the application logs in as; the superuser of the clone unless given.' }),
    settings: z.record(z.string(), z.string()).default({}).meta({ description: 'Set in each of its sessions, such as app.tenant_id.' }),
    tables: z.array(name).optional().meta({
      description: 'The tables that matter, as schema.table. Unless given, those that the migrations name, the busiest of the source and the largest.',
    }),
    maxTables: z
      .int()
      .min(1)
      .max(50)
      .default(8)
      .meta({ description: 'How many tables have traffic, where they aren’t named. Each has a reader, a writer and a session with prepared statements.' }),
    everyMs: z.int().min(5).default(50).meta({ description: 'How long a reader or writer pauses between two statements.' }),
    longReaderSeconds: z.number().min(0).max(3600).default(3).meta({
      description: 'How long one reader keeps its transaction open: what has to wait for it makes everybody else wait. 0: there is none.',
    }),
    longReader: z
      .enum(['once', 'repeated'])
      .default('once')
      .meta({ description: 'once: from just before the migrations start. repeated: again and again, with pauses as long.' }),
    queued: z.enum(['fail', 'report']).default('report').meta({
      description:
        'What a stall does that came from a migration which itself waited for another session, such as the long reader. A lock_timeout prevents it. report: it is a warning.',
    }),
    replay: replay.optional(),
    retries: retries.optional(),
  })
  .prefault({})
  .meta({ description: 'Readers and writers that use the clone while the migrations run: what the application would notice.' });
