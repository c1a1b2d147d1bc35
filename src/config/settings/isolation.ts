import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';

const instant = z.iso.datetime({ offset: true });

/** Somebody's word for something that can't be measured. */
const word = {
  attestation: z.string().min(10).optional().meta({ description: 'What is attested, in a sentence: it is printed in the report.' }),
  attestationFile: file.optional().meta({ description: 'In place of attestation: a text file with it.' }),
  by: name.meta({ description: 'Who says so.' }),
  at: instant.meta({ description: 'When it was said, ISO 8601.' }),
};
const oneText = (given: { attestation?: string | undefined; attestationFile?: string | undefined }) =>
  (given.attestation === undefined) !== (given.attestationFile === undefined);
const needsText = { error: 'needs either attestation or attestationFile', when: keysAreRight };

export const isolation = z.strictObject(word).refine(oneText, needsText).optional().meta({
  description:
    'That nobody but this run works on the clone. Given, the gate `isolation` is required: sessions on the clone that aren’t ours end the run. Such sessions are looked for and told in any case.',
});

const backup = z
  .strictObject({
    attestation: z.strictObject(word).refine(oneText, needsText).optional().meta({ description: 'Somebody’s word that there is one. `at`: of when it is.' }),
    command: z
      .array(name)
      .min(1)
      .optional()
      .meta({ description: 'Program and arguments that exit with 0 and print the time of the last backup, ISO 8601; started without a shell.' }),
    archiver: z
      .literal(true)
      .optional()
      .meta({ description: 'Production’s own WAL archiver is asked (pg_stat_archiver): when it last succeeded, and that it doesn’t fail.' }),
    maxAgeHours: z.number().positive().default(24).meta({ description: 'How old the backup, or the last archived WAL, may be.' }),
    timeoutSeconds: z.number().positive().default(60).meta({ description: 'The command is ended after this time.' }),
  })
  .refine(({ attestation, command, archiver }) => [attestation, command, archiver].filter((one) => one !== undefined).length === 1, {
    error: 'needs exactly one of attestation, command and archiver',
    when: keysAreRight,
  });

export const preconditions = z
  .strictObject({
    backup: backup.optional().meta({
      description: 'That there is a backup, or a point in time to go back to. Without one that is young enough, the run ends before anything is made.',
    }),
    branches: z.array(name).min(1).optional().meta({
      description:
        'The branches that are deployed, `*` for any part of a name. `doctor` and `run` refuse what is checked out from another, or isn’t as it is committed; any is taken unless given.',
    }),
  })
  .prefault({})
  .meta({ description: 'What must be so before a run starts.' });

export type BackupSettings = z.output<typeof backup>;
