import { z } from 'zod';
import { aurora } from './aurora.ts';
import { azure } from './azure.ts';
import { file, keysAreRight, name, reason } from './fields.ts';
import { checkPlace, placeFields } from './place.ts';
import { rds } from './rds.ts';

const sourceUrl = z
  .strictObject({
    ...placeFields,
    url: name
      .optional()
      .meta({ description: 'postgres:// URL of the source, better of a replica. Prefer urlVariable or credential, so that no secret stands in a file.' }),
    allowPrimary: z.boolean().default(false).meta({ description: 'Needed to copy from a live primary: its snapshot is held open while copying.' }),
    unchanging: z.boolean().default(false).meta({
      description:
        'The source can’t change, such as a restored snapshot that nobody uses: an interrupted dump can be gone on with. It is proven, not believed.',
    }),
  })
  .check(checkPlace);

const sourceDump = z.strictObject({
  dump: file.meta({
    description: 'A dump folder of `clone`, or a dump of pg_dump in any of its formats; archives need a pg_restore that fits. A folder means its newest dump.',
  }),
  roles: file.optional().meta({ description: 'Output of `pg_dumpall --roles-only --no-role-passwords`, since a dump holds no roles.' }),
});

const sourceRds = z.strictObject({
  rds: rds.meta({ description: 'Production on Amazon RDS: a snapshot is restored to a server of our own, which is deleted when it has been read.' }),
});

const sourceAurora = z.strictObject({
  aurora: aurora.meta({
    description:
      'Production on Amazon Aurora: its cluster is cloned by copy-on-write, or a snapshot of it restored, and served by an instance of our own; both are deleted when they have been read.',
  }),
});

const sourceAzure = z.strictObject({
  azure: azure.meta({
    description:
      'Production on an Azure Database for PostgreSQL flexible server: a moment of it is restored to a server of our own, which is deleted when it has been read.',
  }),
});

const attestation = z
  .strictObject({
    by: name.meta({ description: 'Who provisioned the clone.' }),
    at: z.iso.datetime({ offset: true }).meta({ description: 'When, ISO 8601.' }),
    reason: reason.optional(),
    file: file.optional().meta({ description: 'In place of reason: a text file with it.' }),
    mayBeChanged: z.boolean().default(false).meta({
      description: 'true: this server, with all its roles and databases, is for this rehearsal alone and may be changed. Needed for target "throwaway".',
    }),
    dataAsOf: z.iso.datetime({ offset: true }).optional().meta({ description: 'The instant of production that the clone shows; `at` unless given.' }),
  })
  .refine((given) => (given.reason === undefined) !== (given.file === undefined), { error: 'needs either reason or file', when: keysAreRight })
  .refine(({ at, dataAsOf }) => dataAsOf === undefined || Date.parse(dataAsOf) <= Date.parse(at), {
    error: 'is later than at: nobody can vouch for what is still to come',
    path: ['dataAsOf'],
    when: keysAreRight,
  })
  .meta({ description: 'Whose word it is that this is a clone of production, and that nobody else writes to it.' });

const sourceAttached = z.strictObject({
  attached: z
    .strictObject({ ...placeFields, attestation })
    .check(checkPlace)
    .meta({ description: 'A clone of production that somebody provisioned for us. It is read like a source that doesn’t change, and never removed.' }),
});

export const source = z
  .union([sourceUrl, sourceDump, sourceRds, sourceAurora, sourceAzure, sourceAttached])
  .meta({ description: 'Where production’s data comes from.' });
