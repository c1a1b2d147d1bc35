import { randomBytes } from 'node:crypto';
import type { DbInstance } from '../../core/aws-things.ts';
import { CloudError } from '../../core/cloud-error.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { Secret } from '../../core/secret.ts';
import { pause } from '../pause.ts';
import { passesByItself, waitUntilReady } from '../wait-until-ready.ts';
import { rdsInstance } from './instance.ts';
import type { Attempt } from './ready-snapshot.ts';

/**
 * Gives the restored server's master a random password that only this process knows, so that production's is never needed; switches backups off where they are on. A request
 * that may have been lost is made again: it says the same.
 *
 * @returns the password, once RDS says that nothing is pending
 */
export async function setPassword(context: Context, { account, wish }: Attempt, instance: DbInstance): Promise<Result<Secret>> {
  const identifier = instance.DBInstanceIdentifier ?? '';
  const doing = `setting a password on ${identifier}`;
  // RDS takes neither /, " nor @: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html.
  const password = new Secret(randomBytes(30).toString('base64url'));
  const hasBackups = (instance.BackupRetentionPeriod ?? 0) > 0;
  const thing = rdsInstance(account, identifier);
  const startedAt = performance.now();
  context.emit({ type: 'step', phase: 'provision', text: `Setting a password of our own on ${identifier}` });
  for (;;) {
    try {
      await account.call('rds:ModifyDBInstance', {
        DBInstanceIdentifier: identifier,
        ApplyImmediately: true,
        MasterUserPassword: password.reveal(),
        ...(hasBackups ? { BackupRetentionPeriod: 0 } : {}),
      });
      const settled = await waitUntilReady(context, thing, { pollMs: wish.pollMs, waitMs: wish.waitMs, doing, afterChange: true });
      return settled.ok ? ok(password) : settled;
    } catch (error) {
      const isForNow = passesByItself(error) || (error instanceof CloudError && error.code === 'InvalidDBInstanceState');
      if (!isForNow || performance.now() - startedAt > wish.waitMs) return fail(cloudFailure(error, doing));
      await pause(wish.pollMs, context.signal);
      const ready = await waitUntilReady(context, thing, { pollMs: wish.pollMs, waitMs: wish.waitMs, doing });
      if (!ready.ok) return ready;
    }
  }
}
