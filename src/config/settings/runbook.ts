import { z } from 'zod';
import { expectation } from './data.ts';
import { file, keysAreRight, name, reason } from './fields.ts';
import { checkPlace, placeFields } from './place.ts';
import { serverCheck } from './server-checks.ts';

const sentence = z.string().min(1);
const sentences = (description: string) => z.array(sentence).default([]).meta({ description });

const query = {
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/, 'must be kebab-case: small letters, digits and dashes')
    .meta({ description: 'What the report calls it, in kebab-case.' }),
  about: sentence.optional().meta({ description: 'What it shows, in a sentence.' }),
  required: z.boolean().default(true).meta({ description: 'false: reported, but neither stops the run nor decides the verdict.' }),
  given: sentence.optional().meta({
    description: 'SQL run before it as superuser, such as rows without which nothing could be hidden. All of it is rolled back.',
  }),
  sql: z.string().min(1).meta({ description: 'One query, run on the clone in a transaction that is rolled back.' }),
  role: name.optional().meta({ description: 'SET LOCAL ROLE before; a superuser unless given.' }),
  settings: z.record(z.string(), z.string()).default({}).meta({ description: 'SET LOCAL before, such as app.tenant_id.' }),
  expect: expectation.meta({ description: 'What it must give.' }),
  breakWith: sentence.optional().meta({
    description:
      'SQL that makes it fail, run as superuser in a transaction that is rolled back: shows that it can. Unless given, what such queries commonly rely on is broken.',
  }),
};

const beforeCheck = z.strictObject(query);
const verifyQuery = z.strictObject({
  ...query,
  mayHoldBefore: reason
    .optional()
    .meta({ description: 'Why it may hold before its migration already. It is then broken on purpose, to show that it can fail.' }),
});

const unique = <T extends { readonly name: string }>(given: readonly T[]) => new Set(given.map(({ name: of }) => of)).size === given.length;
const uniqueNames = { error: 'has two entries of one name: reports tell them apart by it', when: keysAreRight };

const migration = z.strictObject({
  revision: name.meta({ description: 'The migration’s revision, as the report names it, or its file.' }),
  about: sentence.optional().meta({ description: 'What it does, in a sentence.' }),
  risk: z.enum(['low', 'medium', 'high']).optional().meta({ description: 'How risky the team thinks it is; told in the runbook.' }),
  why: sentence.optional().meta({ description: 'Why it is as risky as that.' }),
  before: z.array(beforeCheck).default([]).refine(unique, uniqueNames).meta({ description: 'What must hold right before it. One that doesn’t stops the run.' }),
  verify: z.array(verifyQuery).default([]).refine(unique, uniqueNames).meta({
    description:
      'What must hold right after it, before the next one runs. Each is asked before its migration too: one that holds there already proves nothing.',
  }),
  rollback: file.optional().meta({ description: 'SQL that takes it back, where the layout has no way down. Rehearsed with the others.' }),
});

const production = z.strictObject(placeFields).check(checkPlace);

const step = z.strictObject({
  title: sentence.meta({ description: 'What is done, as a heading.' }),
  detail: sentence.optional().meta({ description: 'What a person should know about it.' }),
  command: sentence.optional().meta({ description: 'The command to paste.' }),
  expect: sentence.optional().meta({ description: 'What it prints, or how one sees that it worked.' }),
  by: z.enum(['agent', 'human']).default('human').meta({ description: 'agent: an agent may do it. human: a person only.' }),
});
const steps = (description: string) => z.array(step).default([]).meta({ description });

/** The deploy as a runbook: what each migration needs and shows, what is asked of production, and what the team's text says besides. */
export const runbook = z
  .strictObject({
    migrations: z
      .array(migration)
      .default([])
      .refine((given) => new Set(given.map(({ revision }) => revision)).size === given.length, {
        error: 'has two entries for one revision',
        when: keysAreRight,
      })
      .meta({ description: 'What is asked before and after single migrations. Those that are applied already ask nothing.' }),
    production: production.optional().meta({
      description:
        'The server that serverChecks are asked on, always read-only; preflight.source or the source unless given. Needed where the source is a dump or a replica.',
    }),
    serverChecks: z.array(serverCheck).default([]).refine(unique, uniqueNames).meta({
      description: 'What must be so on production when the deploy begins. Each names the server that it was asked on; a clone has no traffic and can’t answer.',
    }),
    purpose: sentence.optional().meta({ description: 'What the deploy is for: the runbook’s first sentence.' }),
    whenToUse: sentences('When the runbook applies.'),
    whenNotToUse: sentences('When it doesn’t.'),
    prerequisites: sentences('What a person has to see to before: a window, an approval, whom to tell.'),
    apply: sentence.optional().meta({
      description:
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is shown as it is
        'The command by which the team applies one migration in production; ${file} and ${revision} are replaced. pgrehearse only prints it.',
    }),
    steps: z
      .strictObject({
        before: steps('Before the first migration, such as a backup.'),
        after: steps('After the last, such as a look at the application.'),
      })
      .prefault({})
      .meta({ description: 'The team’s own steps in production.' }),
    cleanup: sentences('What is removed when all is over.'),
    notCovered: sentences('What this rehearsal doesn’t show.'),
    troubleshooting: z
      .array(
        z.strictObject({
          symptom: sentence.meta({ description: 'What is seen.' }),
          remedy: sentence.meta({ description: 'What to do.' }),
        }),
      )
      .default([])
      .meta({ description: 'What has gone wrong before, and what helped.' }),
  })
  .prefault({})
  .meta({ description: 'The deploy as a runbook: checks around each migration, checks of production, and the text of `pgrehearse runbook`.' });
