import { planAzure } from '../../cloud/azure/plan-azure.ts';
import type { AzureSettings } from '../../config/settings/azure.ts';
import type { ThrowawayPlan } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { azureWish } from './azure-wish.ts';
import { completePlan } from './complete-plan.ts';
import { permissionOf } from './open-azure.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on Azure, found out by calls that only read. */
export async function planAzureSource(context: Context, settings: AzureSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planAzure(context, azureWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const { tlsRootCertificate, prices } = settings;
  const tunnel = tunnelWish(settings.tunnel, undefined, folder);
  return ok(completePlan(context, planned.value, { permission: permissionOf(settings), tunnel, source: 'azure', tlsRootCertificate, prices }));
}
