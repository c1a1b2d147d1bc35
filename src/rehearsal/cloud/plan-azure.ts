import { planAzure } from '../../cloud/azure/plan-azure.ts';
import type { AzureSettings } from '../../config/settings/azure.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { azureWish } from './azure-wish.ts';
import { checkPermission } from './check-permission.ts';
import { permissionOf } from './open-azure.ts';
import { tunnelStep } from './plan-rds.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on Azure, found out by calls that only read. */
export async function planAzureSource(context: Context, settings: AzureSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planAzure(context, azureWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const plan = planned.value;
  const permitted = checkPermission(context, permissionOf(settings));
  const tunnel = tunnelStep(tunnelWish(settings.tunnel, undefined, folder));
  return ok({
    ...plan,
    steps: [...plan.steps.slice(0, -1), ...(tunnel === undefined ? [] : [tunnel]), ...plan.steps.slice(-1)],
    warnings: [
      ...plan.warnings,
      ...(settings.tlsRootCertificate === undefined
        ? ['The connection is encrypted, and nobody vouches for the server: source.azure.tlsRootCertificate is not set.']
        : []),
      ...(permitted.ok ? [] : [`It is not permitted yet: ${permitted.failure.message} ${permitted.failure.cure}`]),
    ],
  });
}
