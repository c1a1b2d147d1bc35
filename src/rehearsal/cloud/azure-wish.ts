import type { AzureSettings } from '../../config/settings/azure.ts';
import type { AzureAccess } from '../../core/azure.ts';
import type { AzureWish, CloudChoices } from '../../core/cloud.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';

/** Where the server is, and as whom it is asked. */
export function azureAccess({ subscription, tenant, resourceGroup, endpoint, credentials }: AzureSettings): AzureAccess {
  return { subscription, resourceGroup, credential: credentials, ...withoutUndefined({ tenant, endpoint: endpoint?.replace(/\/$/, '') }) };
}

/** What is to be restored: as configured, unless the command line says otherwise. */
export function azureWish(settings: AzureSettings, choices: CloudChoices = {}): AzureWish {
  const { server, database, pointInTime, allowFrom, subnet, privateDnsZone, prices, deleteAfterHours, pollSeconds, waitHours } = settings;
  return {
    kind: 'azure',
    access: azureAccess(settings),
    server,
    database,
    allowFrom,
    freshnessHours: choices.freshnessHours ?? settings.freshnessHours,
    fresh: choices.freshSnapshot ?? false,
    skus: choices.classes ?? settings.skus,
    prices,
    deleteAfterHours,
    pollMs: pollSeconds * 1000,
    waitMs: waitHours * 3_600_000,
    ...withoutUndefined({ pointInTime, subnet, privateDnsZone }),
  };
}
