import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { AuroraWish, CloudChoices } from '../../core/cloud.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { rdsAccess } from './rds-wish.ts';

/** What is to be cloned or restored: as configured, unless the command line says otherwise. */
export function auroraWish(settings: AuroraSettings, choices: CloudChoices = {}): AuroraWish {
  const { account, cluster, database, snapshot, subnetGroup, securityGroups, clusterParameterGroup, parameterGroup } = settings;
  const { prices, deleteAfterHours, pollSeconds, waitHours } = settings;
  return {
    kind: 'aurora',
    access: rdsAccess(settings),
    account,
    cluster,
    freshnessHours: choices.freshnessHours ?? settings.freshnessHours,
    fresh: choices.freshSnapshot ?? false,
    classes: choices.classes ?? settings.classes,
    prices,
    deleteAfterHours,
    pollMs: pollSeconds * 1000,
    waitMs: waitHours * 3_600_000,
    ...(snapshot === undefined ? {} : { snapshot: snapshotWish(snapshot, choices) }),
    ...withoutUndefined({ database, subnetGroup, securityGroups, clusterParameterGroup, parameterGroup }),
  };
}

function snapshotWish(
  { take, keep, identifier, kmsKey }: NonNullable<AuroraSettings['snapshot']>,
  { freshSnapshot, keepSnapshot }: CloudChoices,
): NonNullable<AuroraWish['snapshot']> {
  return { take, keep: keepSnapshot ?? keep, ...withoutUndefined({ identifier: freshSnapshot === true ? undefined : identifier, kmsKey }) };
}
