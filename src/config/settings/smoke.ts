import { z } from 'zod';
import { smokeMoments } from '../../core/smoke.ts';
import { file, name, reason } from './fields.ts';
import { pattern, patterns, command as programAndArguments } from './smoke-fields.ts';
import { expectedAnswer, httpRequest, observed } from './smoke-http.ts';

const always = {
  name: name.meta({ description: 'What the report calls it.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but doesn’t decide the verdict.' }),
};

const shared = {
  ...always,
  on: z
    .array(z.enum(smokeMoments))
    .min(1)
    .default([...smokeMoments])
    .meta({
      description:
        'When it is asked. before: today’s application on today’s schema. old-on-new: today’s application on the migrated schema. new: the project as it lies there, on the migrated schema.',
    }),
};

const command = z.strictObject({
  kind: z.literal('command').optional().meta({ description: 'A program that ends with 0 where all is well. The kind unless another one is given.' }),
  ...shared,
  command: programAndArguments.meta({
    description:
      'Program and arguments, started without a shell against the clone; exit code 0 means that it works. APPLICATION_URL holds the address of the application under test.',
  }),
  env: z.record(z.string(), z.string()).default({}).meta({ description: 'Further environment variables. $DATABASE_URL and the like may be used, in braces.' }),
  mustPrint: patterns.meta({ description: 'Each has to be found in what it prints.' }),
  mustNotPrint: patterns.meta({ description: 'None may be found in what it prints.' }),
  timeoutSeconds: z.number().positive().default(120).meta({ description: 'The command is ended after this time.' }),
});

const http = z.strictObject({
  kind: z.literal('http').meta({ description: 'A request, and what has to be answered.' }),
  ...shared,
  ...httpRequest.shape,
  expect: expectedAnswer.prefault({}).meta({ description: 'What has to be answered; any status from 200 to 299 unless given.' }),
});

const asked = z.union([
  z.strictObject({ http: httpRequest.meta({ description: 'A request.' }) }),
  z.strictObject({ sql: name.meta({ description: 'A query on the clone, as the application’s role. Its first value is the text, its rows are the JSON.' }) }),
  z.strictObject({ command: programAndArguments.meta({ description: 'A program. What it prints is the text, its exit code the status.' }) }),
]);

const poll = z.strictObject({
  kind: z.literal('poll').meta({ description: 'Asks again and again until a state is reached, such as a file that was ingested being processed.' }),
  ...shared,
  trigger: z
    .union([
      z.strictObject({
        http: httpRequest
          .extend({ expect: expectedAnswer.prefault({}).meta({ description: 'What has to be answered.' }) })
          .meta({ description: 'A request, such as an upload.' }),
      }),
      z.strictObject({ command: programAndArguments.meta({ description: 'A program that has to end with 0.' }) }),
    ])
    .optional()
    .meta({ description: 'What sets it going, done once before.' }),
  ask: asked.meta({ description: 'What is asked each time.' }),
  until: observed.meta({ description: 'The state that means success.' }),
  failWhen: observed.optional().meta({ description: 'A state that means failure: no use in waiting on.' }),
  everySeconds: z.number().positive().default(1).meta({ description: 'The pause between two questions.' }),
  timeoutSeconds: z.number().positive().default(60).meta({ description: 'The state has to be reached within this time.' }),
});

const page = z.strictObject({
  kind: z.literal('page').meta({
    description:
      'A page in a real browser: it loads, no request of it is answered with 500 or more, and its console shows no error. Without a browser the answer is unknown.',
  }),
  ...shared,
  url: name.meta({ description: 'A path of the application under test, or a whole URL.' }),
  selector: name.optional().meta({ description: 'A CSS selector of what has to be visible.' }),
  mustShow: patterns.meta({ description: 'Each has to be found in the text that a person reads.' }),
  mustNotShow: patterns.meta({ description: 'None may be found there.' }),
  ignoreErrors: patterns.meta({ description: 'Console errors and failed requests that are known and don’t count.' }),
  screenshot: z
    .boolean()
    .default(true)
    .meta({ description: 'A picture goes into the run folder. It shows what the copy holds: personal data too, unless that is masked.' }),
  timeoutSeconds: z.number().positive().default(30).meta({ description: 'The page has to load, and the selector to appear, within this time each.' }),
});

const manual = z.strictObject({
  kind: z.literal('manual').meta({ description: 'Steps that a person carries out and signs for in a file.' }),
  ...always,
  steps: z.array(name).min(1).meta({ description: 'What to do and what to see.' }),
  file: file
    .default('pgrehearse.checklist.json')
    .meta({ description: 'The signed checklist: who, when, with which result, and for which migrations. Relative to the configuration file.' }),
  validDays: z.number().positive().default(14).meta({ description: 'How long a signature counts.' }),
});

/** Something that shows that the application works. */
export const smoke = z.discriminatedUnion('kind', [command, http, poll, page, manual]);

const start = programAndArguments.meta({ description: 'Program and arguments, started without a shell. $PORT, in braces, stands for the port.' });

/** The application under test. */
export const application = z.strictObject({
  start,
  cwd: file.optional().meta({ description: 'Where it is started; the configuration’s folder unless given.' }),
  env: z.record(z.string(), z.string()).default({}).meta({
    description: 'Further environment variables. $PORT, $DATABASE_URL and the clone’s other variables may be used, in braces. A blank one is taken away.',
  }),
  portVariable: name.default('PORT').meta({ description: 'The environment variable by which it is told on which port to listen: a free one.' }),
  readyWhen: z
    .union([
      z.literal('port').meta({ description: 'It accepts connections on its port.' }),
      z.strictObject({ http: name.meta({ description: 'A path that answers with a status from 200 to 399.' }) }),
      z.strictObject({ prints: pattern.meta({ description: 'A regular expression that a line of its output matches.' }) }),
    ])
    .default('port')
    .meta({ description: 'How to tell that it is ready.' }),
  timeoutSeconds: z.number().positive().default(60).meta({ description: 'It has to be ready within this time.' }),
  stopSignal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT']).default('SIGTERM').meta({ description: 'How it is asked to end. After ten seconds it is killed.' }),
  logMustNotContain: patterns.meta({ description: 'None of these may be found in a line of its output.' }),
});

/** Today’s application. */
export const before = z.union([
  z.strictObject({
    ref: name.meta({ description: 'The git ref that production runs today, such as a tag. Its files are put into a folder of our own.' }),
    setup: z.array(programAndArguments).default([]).meta({ description: 'Programs that are run there first, such as ["npm", "ci"].' }),
    setupTimeoutMinutes: z.number().positive().default(15).meta({ description: 'Each has to end within this time.' }),
    start: start.optional().meta({ description: 'How that version is started, where that was another way.' }),
    onNewSchema: z
      .union([z.literal('check'), z.strictObject({ skip: reason })])
      .default('check')
      .meta({ description: 'Whether today’s application is tried on the migrated schema too, as it meets it while a deploy rolls.' }),
  }),
  z.strictObject({ skip: reason.meta({ description: 'Why nobody tries today’s application: it is printed in the report, and counts as nothing shown.' }) }),
]);
