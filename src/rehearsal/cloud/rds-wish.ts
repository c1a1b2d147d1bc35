import type { RdsSettings } from '../../config/settings/rds.ts';
import type { AwsAccess } from '../../core/aws.ts';
import type { CloudChoices, RdsWish } from '../../core/cloud.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** Where the instance is, and as whom it is asked. */
export function rdsAccess({ region, profile }: Pick<RdsSettings, 'region' | 'profile'>): AwsAccess {
  return { region, ...withoutUndefined({ profile }) };
}

/** What is to be restored: as configured, unless the command line says otherwise. */
export function rdsWish(settings: RdsSettings, choices: CloudChoices = {}): RdsWish {
  const { account, instance, database, snapshot, subnetGroup, securityGroups, parameterGroup, prices, deleteAfterHours, pollSeconds, waitHours } = settings;
  const { take, identifier, kmsKey } = snapshot;
  return {
    kind: 'rds',
    access: rdsAccess(settings),
    account,
    instance,
    snapshot: {
      freshnessHours: choices.freshnessHours ?? snapshot.freshnessHours,
      fresh: choices.freshSnapshot ?? false,
      take,
      keep: choices.keepSnapshot ?? snapshot.keep,
      ...withoutUndefined({ identifier: choices.freshSnapshot ? undefined : identifier, kmsKey }),
    },
    classes: choices.classes ?? settings.classes,
    prices,
    deleteAfterHours,
    pollMs: pollSeconds * 1000,
    waitMs: waitHours * 3_600_000,
    ...withoutUndefined({ database, subnetGroup, securityGroups, parameterGroup }),
  };
}
