import { planAurora } from '../../cloud/aurora/plan-aurora.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { auroraWish } from './aurora-wish.ts';
import { checkPermission } from './check-permission.ts';
import { auroraPermission } from './open-aurora.ts';
import { tunnelStep } from './plan-rds.ts';
import { rdsAccess } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on Aurora, found out by calls that only read. */
export async function planAuroraSource(context: Context, settings: AuroraSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planAurora(context, auroraWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const plan = planned.value;
  const permitted = checkPermission(context, auroraPermission(settings));
  const tunnel = tunnelStep(tunnelWish(settings.tunnel, rdsAccess(settings), folder));
  return ok({
    ...plan,
    steps: [...plan.steps.slice(0, -1), ...(tunnel === undefined ? [] : [tunnel]), ...plan.steps.slice(-1)],
    warnings: [
      ...plan.warnings,
      ...(settings.tlsRootCertificate === undefined
        ? ['The connection is encrypted, and nobody vouches for the server: source.aurora.tlsRootCertificate is not set.']
        : []),
      ...(permitted.ok ? [] : [`It is not permitted yet: ${permitted.failure.message} ${permitted.failure.cure}`]),
    ],
  });
}
