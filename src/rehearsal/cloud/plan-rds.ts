import { planThrowaway } from '../../cloud/rds/plan-throwaway.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { completePlan } from './complete-plan.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on RDS, found out by calls that only read. */
export async function planRds(context: Context, settings: RdsSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planThrowaway(context, rdsWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const { tlsRootCertificate, prices } = settings;
  const tunnel = tunnelWish(settings.tunnel, rdsAccess(settings), folder);
  return ok(completePlan(context, planned.value, { permission: settings, tunnel, source: 'rds', tlsRootCertificate, prices }));
}
