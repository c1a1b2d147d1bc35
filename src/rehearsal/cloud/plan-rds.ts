import { planThrowaway } from '../../cloud/rds/plan-throwaway.ts';
import type { RdsSettings } from '../../config/settings/rds.ts';
import type { ThrowawayPlan, TunnelWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import { checkPermission } from './check-permission.ts';
import { rdsAccess, rdsWish } from './rds-wish.ts';
import { tunnelWish } from './tunnel-wish.ts';

/** What would be done to read production on RDS, found out by calls that only read. */
export async function planRds(context: Context, settings: RdsSettings, folder: string): Promise<Result<ThrowawayPlan>> {
  const planned = await planThrowaway(context, rdsWish(settings, context.cloud));
  if (!planned.ok) return planned;
  const plan = planned.value;
  const permitted = checkPermission(context, settings);
  const tunnel = tunnelStep(tunnelWish(settings.tunnel, rdsAccess(settings), folder));
  return ok({
    ...plan,
    steps: [...plan.steps.slice(0, -1), ...(tunnel === undefined ? [] : [tunnel]), ...plan.steps.slice(-1)],
    warnings: [
      ...plan.warnings,
      ...(settings.tlsRootCertificate === undefined
        ? ['The connection is encrypted, and nobody vouches for the server: source.rds.tlsRootCertificate is not set.']
        : []),
      ...(permitted.ok ? [] : [`It is not permitted yet: ${permitted.failure.message} ${permitted.failure.cure}`]),
    ],
  });
}

export function tunnelStep(wish: TunnelWish): string | undefined {
  if (wish.kind === 'direct') return undefined;
  if (wish.kind === 'ssh') return `Open a tunnel to it by ssh through ${wish.host}.`;
  const { bastion } = wish;
  return `Open a tunnel to it by Systems Manager through ${'tag' in bastion ? `the machine with the tag ${bastion.tag.name}=${bastion.tag.value}` : bastion.instanceId}.`;
}
