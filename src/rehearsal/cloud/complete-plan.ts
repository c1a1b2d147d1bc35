import type { Prices, ThrowawayPlan, TunnelWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import { checkPermission, type Permission } from './check-permission.ts';

interface Wanted {
  readonly permission: Permission;
  readonly tunnel: TunnelWish;
  /** The source's key in the configuration. */
  readonly source: 'rds' | 'aurora' | 'azure';
  readonly tlsRootCertificate: string | undefined;
  readonly prices: Prices;
}

/** A plan of what is made in a cloud, with how one gets in before its last step, and a warning of what isn't proven or permitted yet. */
export function completePlan(context: Context, plan: ThrowawayPlan, { permission, tunnel, source, tlsRootCertificate, prices }: Wanted): ThrowawayPlan {
  const permitted = checkPermission(context, permission);
  return {
    ...plan,
    steps: [...plan.steps.slice(0, -1), ...tunnelSteps(tunnel), ...plan.steps.slice(-1)],
    warnings: [
      ...plan.warnings,
      ...(tlsRootCertificate === undefined
        ? [`The connection is encrypted, and nobody vouches for the server: source.${source}.tlsRootCertificate is not set.`]
        : []),
      ...unusedPrices(context, plan, source, prices),
      ...(permitted.ok ? [] : [`It is not permitted yet: ${permitted.failure.message} ${permitted.failure.cure}`]),
    ],
  };
}

/** A price of a class that isn't tried is most likely that of another one, misspelt. */
function unusedPrices(context: Context, plan: ThrowawayPlan, source: Wanted['source'], prices: Prices): readonly string[] {
  // Other classes than the configured ones were asked for, this once.
  if (context.cloud?.classes !== undefined) return [];
  const tried = plan.prices.map(({ instanceClass }) => instanceClass.toLowerCase());
  return Object.keys(prices)
    .filter((name) => !tried.includes(name.toLowerCase()))
    .map((name) => `source.${source}.prices names ${name}, which isn’t tried: that price is of no use.`);
}

function tunnelSteps(wish: TunnelWish): readonly string[] {
  if (wish.kind === 'direct') return [];
  if (wish.kind === 'ssh') return [`Open a tunnel to it by ssh through ${wish.host}.`];
  const { bastion } = wish;
  const through = 'tag' in bastion ? `the machine with the tag ${bastion.tag.name}=${bastion.tag.value}` : bastion.instanceId;
  return [`Open a tunnel to it by Systems Manager through ${through}.`];
}
