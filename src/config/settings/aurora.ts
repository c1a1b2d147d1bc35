import { z } from 'zod';
import { file, keysAreRight, name } from './fields.ts';
import { tunnel } from './tunnel.ts';

const snapshot = z
  .strictObject({
    take: z.boolean().default(true).meta({ description: 'Take a snapshot where none is young enough. It is deleted again. false: that is an error.' }),
    keep: z.boolean().default(false).meta({ description: 'A snapshot that we took stays: it costs money, and holds production’s data.' }),
    identifier: name.optional().meta({ description: 'Use this cluster snapshot whatever its age: its name, or its ARN where it is shared.' }),
    kmsKey: name.optional().meta({ description: 'The key of the restored cluster; that of the snapshot unless given.' }),
  })
  .check((payload) => {
    if (!keysAreRight(payload)) return;
    const { take, keep, identifier } = payload.value;
    if (!keep || (take && identifier === undefined)) return;
    const why = take ? 'since identifier names one' : '(take: false)';
    payload.issues.push({ code: 'custom', message: `says that a snapshot stays, but none is ever taken ${why}`, path: ['keep'], input: payload.value });
  });

/** Production on Aurora: a clone of its cluster by copy-on-write, or a snapshot of it, is served by an instance of our own; both are deleted as soon as they have been read. */
export const aurora = z.strictObject({
  cluster: z
    .string()
    .regex(/^[a-zA-Z][a-zA-Z0-9-]{0,62}$/, 'must be the identifier of a DB cluster: letters, digits and dashes')
    .meta({ description: 'Production’s DB cluster identifier.' }),
  account: z
    .string()
    .regex(/^\d{12}$/, 'must be an account id: 12 digits')
    .meta({ description: 'The AWS account that it is in. With other credentials nothing is done.' }),
  region: z
    .string()
    .regex(/^[a-z]{2,}(?:-[a-z]+)+-\d$/, 'must be a region, such as eu-central-1')
    .meta({ description: 'Its region; a clone is always in the same.' }),
  profile: name.optional().meta({ description: 'The profile of AWS’s configuration; what the SDK finds by itself unless given.' }),
  database: name.optional().meta({ description: 'The database; the one that the cluster was made with unless given.' }),
  snapshot: snapshot
    .optional()
    .meta({ description: 'Restore a cluster snapshot, in place of a clone by copy-on-write, which is there sooner and copies nothing.' }),
  freshnessHours: z
    .number()
    .min(0)
    .default(24)
    .meta({ description: 'A snapshot, a clone that a killed command left, and an image are used where they are younger; --freshness-hours for one command.' }),
  classes: z
    .array(z.string().regex(/^db\.(?:[a-z0-9-]+\.[a-z0-9]+|serverless)$/, 'must be an instance class, such as db.t4g.medium'))
    .default([])
    .meta({ description: 'Classes of the instance, tried in this order; that of production’s writer unless given.' }),
  subnetGroup: name.optional().meta({ description: 'Its DB subnet group; production’s own unless given.' }),
  securityGroups: z.array(name).min(1).optional().meta({ description: 'Its VPC security groups; production’s own unless given.' }),
  clusterParameterGroup: name.optional().meta({ description: 'Its DB cluster parameter group; production’s own unless given.' }),
  parameterGroup: name.optional().meta({ description: 'The DB parameter group of its instance; that of production’s writer unless given.' }),
  tunnel: tunnel.optional().meta({ description: 'The way to the instance, which is never public.' }),
  tlsRootCertificate: file.optional().meta({
    description:
      'The bundle of RDS’s authorities: its certificate is verified (verify-full). Unless given, the connection is encrypted, and nobody vouches for the server.',
  }),
  allowChanges: z.boolean().default(false).meta({
    description:
      'Clusters may be cloned or restored, snapshots taken, and both deleted, without --yes. Where the variable CI is set, the account has to be told as well (--account).',
  }),
  deleteAfterHours: z.number().positive().default(12).meta({ description: 'The tag of all that is made says that it may be deleted after so many hours.' }),
  pollSeconds: z.number().positive().max(300).default(15).meta({ description: 'Pause between two looks at a state.' }),
  waitHours: z.number().positive().default(2).meta({ description: 'How long a snapshot, a clone, a restore or a deletion is waited for.' }),
});

export type AuroraSettings = z.output<typeof aurora>;
