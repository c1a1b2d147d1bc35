import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';
import { tunnel } from './tunnel.ts';

const snapshot = z
  .strictObject({
    freshnessHours: z.number().min(0).default(24).meta({ description: 'A snapshot that is younger is used as it is; --freshness-hours for one command.' }),
    take: z.boolean().default(true).meta({ description: 'Take a snapshot where none is young enough. It is deleted again. false: that is an error.' }),
    keep: z.boolean().default(false).meta({ description: 'A snapshot that we took stays: it costs money, and holds production’s data.' }),
    identifier: name.optional().meta({ description: 'Use this snapshot whatever its age: its name, or its ARN where it is shared.' }),
    kmsKey: name.optional().meta({ description: 'Copy the snapshot with this key and restore the copy, where its own key can’t be used here.' }),
  })
  .check((payload) => {
    if (!keysAreRight(payload)) return;
    const { take, keep, identifier } = payload.value;
    const tell = (message: string) => payload.issues.push({ code: 'custom', message, path: ['keep'], input: payload.value });
    if (keep && !take) tell('says that a snapshot stays, but none is ever taken (take: false)');
    if (keep && take && identifier !== undefined) tell('says that a snapshot stays, but none is ever taken, since identifier names one');
  })
  .prefault({})
  .meta({ description: 'What is restored.' });

/** Production on RDS: a snapshot of it is restored to a server of our own, which is deleted as soon as it has been read. */
export const rds = z.strictObject({
  instance: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, 'must be the identifier of a DB instance: letters, digits and dashes')
    .meta({ description: 'Production’s DB instance identifier.' }),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be an account id: 12 digits')
    .meta({ description: 'The AWS account that it is in. With other credentials nothing is done.' }),
  region: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d$/, 'must be a region, such as eu-central-1')
    .meta({ description: 'Its region.' }),
  profile: name.optional().meta({ description: 'The profile of AWS’s configuration; what the SDK finds by itself unless given.' }),
  database: name.optional().meta({ description: 'The database; the one that the instance was made with unless given.' }),
  snapshot,
  classes: z
    .array(z.string().regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, 'must be an instance class, such as db.t4g.small'))
    .default([])
    .meta({ description: 'Classes of the restored server, tried in this order; production’s own unless given.' }),
  subnetGroup: name.optional().meta({ description: 'Its DB subnet group; production’s own unless given.' }),
  securityGroups: z.array(name).min(1).optional().meta({ description: 'Its VPC security groups; production’s own unless given.' }),
  parameterGroup: name.optional().meta({ description: 'Its DB parameter group; production’s own unless given, since the default one has other settings.' }),
  tunnel: tunnel.optional().meta({ description: 'The way to the restored server, which is never public.' }),
  tlsRootCertificate: file.optional().meta({
    description:
      'The bundle of RDS’s authorities: its certificate is verified (verify-full). Unless given, the connection is encrypted, and nobody vouches for the server.',
  }),
  allowChanges: z.boolean().default(false).meta({
    description:
      'Snapshots may be taken, and servers restored and deleted, without --yes. Where the variable CI is set, the account has to be told as well (--account).',
  }),
  deleteAfterHours: z.number().positive().default(12).meta({ description: 'The tag of all that is made says that it may be deleted after so many hours.' }),
  pollSeconds: z.number().positive().max(300).default(15).meta({ description: 'Pause between two looks at a state.' }),
  waitHours: z.number().positive().default(2).meta({ description: 'How long a snapshot, a restore or a deletion is waited for.' }),
});

export type RdsSettings = z.output<typeof rds>;
