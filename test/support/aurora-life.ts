import { provideAurora } from '../../src/cloud/aurora/provide-aurora.ts';
import { setAside } from '../../src/cloud/aurora/set-aside.ts';
import type { AuroraWish } from '../../src/core/cloud.ts';
import type { Context } from '../../src/core/ports.ts';
import type { CloudProduction } from './cloud-production.ts';

/** A whole life of a throwaway on Aurora, which is itself cloned, and which somebody protects against deletion meanwhile. Gives whether it got to its end. */
export async function liveAurora(cloud: CloudProduction, context: Context, wish: AuroraWish): Promise<boolean> {
  const provided = await provideAurora(context, wish);
  if (!provided.ok) return false;
  const { identifier } = provided.value;
  const aside = await setAside(context, wish, identifier);
  if (!aside.ok) return false;
  await aside.value[Symbol.asyncDispose]();
  const { clusters, instances } = cloud.aws.rds;
  for (const one of [clusters.get(identifier), ...[...instances.values()].filter(({ clusterId }) => clusterId === identifier)]) {
    if (one !== undefined) one.deletionProtection = true;
  }
  return (await provided.value.remove()).ok;
}
