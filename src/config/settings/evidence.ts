import { z } from 'zod';
import { logContents } from '../../core/named-log.ts';
import { file, keysAreRight, name } from './fields.ts';

const logFile = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$/, 'must be a file name of letters, digits, dots, dashes and underscores')
  .refine((given) => !taken.has(given), 'is a file that every run has');

/** What a run folder holds anyway. */
const taken: ReadonlySet<string> = new Set([
  ...['journal.jsonl', 'manifest.json', 'manifest.json.sig', 'manifest.json.minisig', 'production.json', 'structure.json'],
  ...['report.html', 'report.json', 'report.md', 'memo.html', 'memo.md', 'transcript.txt', 'transcript.jsonl', 'deploy-transcript.txt'],
]);

const ssh = z.strictObject({
  key: file.meta({
    description:
      'A private SSH key without a passphrase; or a public one (.pub) whose private key ssh-agent holds. Signed by `ssh-keygen -Y sign -n pgrehearse`.',
  }),
});

const minisign = z.strictObject({
  key: file.meta({ description: 'A secret key of minisign.' }),
  passwordVariable: name.optional().meta({ description: 'The environment variable that holds the key’s password; the key has none unless given.' }),
});

const signing = z
  .strictObject({
    ssh: ssh.optional().meta({ description: 'Signs with an SSH key, as git does: manifest.json.sig.' }),
    minisign: minisign.optional().meta({ description: 'Signs with minisign: manifest.json.minisig.' }),
  })
  .refine((given) => (given.ssh === undefined) !== (given.minisign === undefined), { error: 'must have either ssh or minisign', when: keysAreRight });

export const evidence = z
  .strictObject({
    signing: signing.optional().meta({ description: 'Signs the manifest of each run. A run that could not be signed is not a PASS.' }),
    signers: z.array(file).default([]).meta({
      description: 'Who may sign, for `evidence verify`: files of allowed signers as ssh-keygen has them, or public keys of minisign.',
    }),
    logs: z
      .array(
        z.strictObject({
          file: logFile.meta({ description: 'Name of the file in the run folder.' }),
          holds: z.enum(logContents).meta({ description: 'What it tells, line by line, made from the journal.' }),
        }),
      )
      .default([])
      .refine((logs) => new Set(logs.map((log) => log.file)).size === logs.length, { error: 'names a file twice', when: keysAreRight })
      .meta({ description: 'Plain text files that the team’s own process asks for, under its own names.' }),
    rowValues: z
      .enum(['keep', 'leave-out'])
      .default('keep')
      .meta({
        description:
          'leave-out: values of rows stay out of the evidence: details of the server’s errors, samples in findings, and all that commands, applications and servers print. ' +
          'keep: they are recorded, since they say most about a fault.',
      }),
  })
  .prefault({})
  .meta({ description: 'The record of a run, and what is made of it.' });
