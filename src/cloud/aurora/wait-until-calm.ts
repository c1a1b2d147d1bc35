import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, type Result } from '../../core/result.ts';
import { calmPatience } from '../calm-patience.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { type Attempt, originalOf } from './attempt.ts';
import { auroraCluster } from './cluster.ts';

/** A cluster that is being changed or backed up refuses to be cloned or snapshotted: what others do with production is waited for. */
export async function waitUntilCalm(context: Context, { account, wish }: Attempt, doing: string): Promise<Result<unknown>> {
  const ready = await waitUntilReady(context, auroraCluster(account, originalOf(wish)), { ...calmPatience(wish), doing });
  if (ready.ok || ready.failure.code === 'interrupted' || ready.failure.code.startsWith('cloud-')) return ready;
  return fail(failure('snapshot-missing', ready.failure.message, { object: wish.cluster, cure: 'Run again when production is available.' }));
}
