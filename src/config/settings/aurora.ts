import { z } from 'zod';
import { awsAccount, checkKept, identifierOf, ownNetwork, takenSnapshot, upkeep, wayToServer } from './aws-server.ts';
import { name } from './fields.ts';
import { pricesOf } from './prices.ts';

const instanceClass = z.string().regex(/^db\.(?:[a-z0-9-]+\.[a-z0-9]+|serverless)$/, 'must be an instance class, such as db.t4g.medium');

const snapshot = z
  .strictObject({
    ...takenSnapshot,
    identifier: name.optional().meta({ description: 'Use this cluster snapshot whatever its age: its name, or its ARN where it is shared.' }),
    kmsKey: name.optional().meta({ description: 'The key of the restored cluster; that of the snapshot unless given.' }),
  })
  .check(checkKept);

/** Production on Aurora: a clone of its cluster by copy-on-write, or a snapshot of it, is served by an instance of our own; both are deleted as soon as they have been read. */
export const aurora = z.strictObject({
  cluster: identifierOf('cluster').meta({ description: 'Production’s DB cluster identifier.' }),
  ...awsAccount,
  region: awsAccount.region.meta({ description: 'Its region; a clone is always in the same.' }),
  database: name.optional().meta({ description: 'The database; the one that the cluster was made with unless given.' }),
  snapshot: snapshot
    .optional()
    .meta({ description: 'Restore a cluster snapshot, in place of a clone by copy-on-write, which is there sooner and copies nothing.' }),
  freshnessHours: z
    .number()
    .min(0)
    .default(24)
    .meta({ description: 'A snapshot, a clone that a killed command left, and an image are used where they are younger; --freshness-hours for one command.' }),
  classes: z.array(instanceClass).default([]).meta({ description: 'Classes of the instance, tried in this order; that of production’s writer unless given.' }),
  prices: pricesOf(instanceClass, 'db.r6g.large'),
  ...ownNetwork,
  clusterParameterGroup: name.optional().meta({ description: 'Its DB cluster parameter group; production’s own unless given.' }),
  parameterGroup: name.optional().meta({ description: 'The DB parameter group of its instance; that of production’s writer unless given.' }),
  ...wayToServer,
  tunnel: wayToServer.tunnel.meta({ description: 'The way to the instance, which is never public.' }),
  allowChanges: z.boolean().default(false).meta({
    description:
      'Clusters may be cloned or restored, snapshots taken, and both deleted, without --yes. Where the variable CI is set, the account has to be told as well (--account).',
  }),
  ...upkeep,
  waitHours: z.number().positive().default(2).meta({ description: 'How long a snapshot, a clone, a restore or a deletion is waited for.' }),
});

export type AuroraSettings = z.output<typeof aurora>;
