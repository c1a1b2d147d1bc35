import { z } from 'zod';
import { awsAccount, checkKept, identifierOf, ownNetwork, takenSnapshot, upkeep, wayToServer } from './aws-server.ts';
import { name } from './fields.ts';
import { pricesOf } from './prices.ts';

const instanceClass = z.string().regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, 'must be an instance class, such as db.t4g.small');

const snapshot = z
  .strictObject({
    freshnessHours: z.number().min(0).default(24).meta({ description: 'A snapshot that is younger is used as it is; --freshness-hours for one command.' }),
    ...takenSnapshot,
    identifier: name.optional().meta({ description: 'Use this snapshot whatever its age: its name, or its ARN where it is shared.' }),
    kmsKey: name.optional().meta({ description: 'Copy the snapshot with this key and restore the copy, where its own key can’t be used here.' }),
  })
  .check(checkKept)
  .prefault({})
  .meta({ description: 'What is restored.' });

/** Production on RDS: a snapshot of it is restored to a server of our own, which is deleted as soon as it has been read. */
export const rds = z.strictObject({
  instance: identifierOf('instance').meta({ description: 'Production’s DB instance identifier.' }),
  ...awsAccount,
  database: name.optional().meta({ description: 'The database; the one that the instance was made with unless given.' }),
  snapshot,
  classes: z.array(instanceClass).default([]).meta({ description: 'Classes of the restored server, tried in this order; production’s own unless given.' }),
  prices: pricesOf(instanceClass, 'db.t4g.small'),
  ...ownNetwork,
  parameterGroup: name.optional().meta({ description: 'Its DB parameter group; production’s own unless given, since the default one has other settings.' }),
  ...wayToServer,
  tunnel: wayToServer.tunnel.meta({ description: 'The way to the restored server, which is never public.' }),
  allowChanges: z.boolean().default(false).meta({
    description:
      'Snapshots may be taken, and servers restored and deleted, without --yes. Where the variable CI is set, the account has to be told as well (--account).',
  }),
  ...upkeep,
  waitHours: z.number().positive().default(2).meta({ description: 'How long a snapshot, a restore or a deletion is waited for.' }),
});

export type RdsSettings = z.output<typeof rds>;
