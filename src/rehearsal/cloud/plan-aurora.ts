import { planAurora } from '../../cloud/aurora/plan-aurora.ts';
import type { AuroraSettings } from '../../config/settings/aurora.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { auroraWish } from './aurora-wish.ts';
import { completePlan } from './complete-plan.ts';
import { auroraPermission } from './open-aurora.ts';
import { rdsAccess } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on Aurora, found out by calls that only read. */
export async function planAuroraSource(context: Context, settings: AuroraSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planAurora(context, auroraWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const { tlsRootCertificate, prices } = settings;
  const tunnel = tunnelWish(settings.tunnel, rdsAccess(settings), folder);
  return ok(completePlan(context, planned.value, { permission: auroraPermission(settings), tunnel, source: 'aurora', tlsRootCertificate, prices }));
}
