import { randomBytes } from 'node:crypto';
import { CloudError } from '../../core/cloud-error.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { pause } from '../pause.ts';
import { passesByItself, waitUntilReady } from '../wait-until-ready.ts';
import type { Attempt } from './attempt.ts';
import { auroraCluster } from './cluster.ts';

/**
 * Gives the cluster's master a random password that only this process knows, so that production's is never needed. A request that may have been lost is made again: it says
 * the same.
 *
 * @returns the password, once Aurora says that nothing is pending
 */
export async function setClusterPassword(context: Context, { account, wish }: Attempt, cluster: string): Promise<Result<Secret>> {
  const doing = `setting a password on ${cluster}`;
  // Aurora takes neither /, " nor @: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html.
  const password = new Secret(randomBytes(30).toString('base64url'));
  const thing = auroraCluster(account, cluster);
  const { pollMs, waitMs } = wish;
  const startedAt = performance.now();
  context.emit({ type: 'step', phase: 'provision', text: `Setting a password of our own on ${cluster}` });
  for (;;) {
    try {
      await account.call('rds:ModifyDBCluster', { DBClusterIdentifier: cluster, ApplyImmediately: true, MasterUserPassword: password.reveal() });
      const settled = await waitUntilReady(context, thing, { pollMs, waitMs, doing, afterChange: true });
      return settled.ok ? ok(password) : settled;
    } catch (error) {
      const isForNow = passesByItself(error) || (error instanceof CloudError && /^InvalidDB(?:Cluster|Instance)State$/.test(error.code));
      if (!isForNow || performance.now() - startedAt > waitMs) return fail(cloudFailure(error, doing));
      await pause(pollMs, context.signal);
      const ready = await waitUntilReady(context, thing, { pollMs, waitMs, doing });
      if (!ready.ok) return ready;
    }
  }
}
