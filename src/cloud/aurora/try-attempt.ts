import type { AuroraWish } from '../../core/cloud.ts';
import type { Context } from '../../core/ports.ts';
import type { Result } from '../../core/result.ts';
import { nameRun } from '../name-run.ts';
import { openAccount } from '../open-account.ts';
import { orRemove } from '../or-remove.ts';
import { orphansOf } from '../orphans.ts';
import { type Attempt, sourceOfAurora } from './attempt.ts';
import { describeProductionCluster } from './describe-production.ts';

/** Has one attempt at a wish made. Where it fails or is interrupted, what it made is deleted first. */
export async function tryAttempt<Value>(context: Context, wish: AuroraWish, work: (attempt: Attempt) => Promise<Result<Value>>): Promise<Result<Value>> {
  const account = await openAccount(context, wish.access, wish.account);
  if (!account.ok) return account;
  const production = await describeProductionCluster(context, account.value, wish);
  if (!production.ok) return production;
  const run = nameRun(context);
  const orphans = await orphansOf(context, sourceOfAurora(wish));
  const attempt: Attempt = { account: account.value, wish, production: production.value, run, orphans, made: [] };
  return await orRemove(context, attempt, () => work(attempt));
}
