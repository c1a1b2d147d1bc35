import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';

/** In place of --account, for pipelines: set where only those who may decide about the account can set it. */
const accountVariable = 'PGREHEARSE_ACCOUNT';

/** What the configuration says of it. */
export interface Permission {
  readonly allowChanges: boolean;
  /** The account, or the subscription. */
  readonly account: string;
  /** What of production is copied. */
  readonly instance: string;
  readonly setting?: string;
}

/**
 * Whether things may be made in the cloud now: somebody says so for this command (--yes), or the configuration does for all. In CI a configuration alone can't know
 * who started it and with whose credentials: the account has to be told from outside too, and be the configured one. Asked before the first call that changes anything.
 *
 * Fails with `cloud-not-permitted`.
 */
export function checkPermission(context: Context, { allowChanges, account, instance, setting = 'source.rds.allowChanges' }: Permission): Result<void> {
  const { system } = context.edge;
  const told = context.cloud?.account ?? system.environment(accountVariable);
  const refuse = (sentence: string, cure: string) => fail(failure('cloud-not-permitted', sentence, { object: instance, cure }));
  if (told !== undefined && told.toLowerCase() !== account.toLowerCase()) {
    return refuse(`The account that was told is ${told}, the configured one ${account}: nothing was made.`, 'Correct --account, or the configuration.');
  }
  if (context.cloud?.permitted !== true && !allowChanges) {
    const cure = `See what would be done with \`pgrehearse clone --dry-run\`, then run again with --yes, or set ${setting}.`;
    return refuse(`To read ${instance}, a copy of it is restored to a server of our own in account ${account}, and nobody has agreed to that.`, cure);
  }
  if (isCi(system.environment('CI')) && told === undefined) {
    const cure = `Tell the account: --account ${account}, or the variable ${accountVariable}.`;
    return refuse('This is CI (the variable CI is set), where a server is made in a cloud only if the account is told as well.', cure);
  }
  return ok();
}

function isCi(value: string | undefined): boolean {
  return value !== undefined && !['false', '0', 'no'].includes(value.toLowerCase());
}
