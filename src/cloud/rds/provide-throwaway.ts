import type { AwsAccount } from '../../core/aws.ts';
import type { DbInstance } from '../../core/aws-things.ts';
import type { RdsWish, Throwaway } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { adoptNewest } from '../adopt-newest.ts';
import { chooseOrTakeOver } from '../choose-or-take-over.ts';
import { nameRun } from '../name-run.ts';
import { openAccount } from '../open-account.ts';
import { orRemove } from '../or-remove.ts';
import { orphansOf } from '../orphans.ts';
import { removalOf } from '../removal-of.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { chooseSnapshot } from './choose-snapshot.ts';
import { describeProduction } from './describe-production.ts';
import { describeInstance, rdsInstance } from './instance.ts';
import { type Attempt, type ReadySnapshot, readySnapshot } from './ready-snapshot.ts';
import { restoreInstance, settingsOf } from './restore-instance.ts';
import { setPassword } from './set-password.ts';
import { sourceOf } from './source-of.ts';

/** A throwaway whose removal can be asked for, and looked at. Disposing it does the same; a failure is then told by an event only. */
export interface OwnedThrowaway extends Throwaway {
  /** Its ledger line. */
  readonly resource: Resource;
  /** Deletes it, then the snapshots that were made for it; asked again, gives the same. Fails with `throwaway-left`. */
  remove(): Promise<Result<void>>;
}

/**
 * Restores a snapshot of production on RDS as a server that is ours alone: chooses or takes the snapshot, restores it in production's network, waits, and sets a password that
 * only this process knows. Goes on with what an earlier attempt of the same left, where it chooses the same snapshot. Where it fails or is interrupted, what it made is deleted
 * first.
 *
 * The server is up, and nothing says yet that it can be reached: whoever logs in proves that, and the password.
 *
 * @example
 * const provided = await provideThrowaway(context, wish);
 * if (!provided.ok) return provided;
 * await using throwaway = provided.value;
 */
export async function provideThrowaway(context: Context, wish: RdsWish): Promise<Result<OwnedThrowaway>> {
  const account = await openAccount(context, wish.access, wish.account);
  if (!account.ok) return account;
  const run = nameRun(context);
  const attempt: Attempt = { account: account.value, wish, run, orphans: await orphansOf(context, sourceOf(wish)), made: [] };
  return await orRemove(context, attempt, () => provide(context, attempt));
}

async function provide(context: Context, attempt: Attempt): Promise<Result<OwnedThrowaway>> {
  const { account, wish, orphans } = attempt;
  const production = await describeProduction(context, account, wish);
  if (!production.ok) return production;
  const left = orphans.filter(({ kind, facts }) => kind === 'snapshot' && facts.copyOf === undefined);
  const choice = await chooseOrTakeOver(context, attempt.made, left, (among) => chooseSnapshot(context, account, wish, production.value, among));
  if (!choice.ok) return choice;
  const snapshot = await readySnapshot(context, attempt, production.value, choice.value);
  if (!snapshot.ok) return snapshot;
  const adopted = await adopt(context, attempt, production.value, snapshot.value);
  if (!adopted.ok) return adopted;
  const resource = adopted.value === undefined ? await restoreInstance(context, attempt, production.value, snapshot.value) : ok(adopted.value);
  if (!resource.ok) return resource;
  const identifier = resource.value.label;
  const doing = `restoring ${snapshot.value.label}`;
  const ready = await waitUntilReady(context, rdsInstance(account, identifier), { pollMs: wish.pollMs, waitMs: wish.waitMs, doing });
  if (!ready.ok) return ready;
  const restored = await describeRestored(context, account, identifier, doing);
  if (!restored.ok) return restored;
  const password = await setPassword(context, attempt, restored.value);
  if (!password.ok) return password;
  const { Endpoint: { Address: host, Port: port } = {}, MasterUsername: user } = restored.value;
  if (host === undefined || port === undefined || user === undefined)
    return fail(failure('throwaway-failed', `${identifier} is available, and RDS tells no endpoint or no master for it`, { object: identifier }));
  return ok({
    ...removalOf(context, attempt.made, wish),
    kind: 'rds',
    identifier,
    region: wish.access.region,
    account: wish.account,
    endpoint: { host, port },
    user,
    password: password.value,
    database: wish.database ?? restored.value.DBName ?? production.value?.DBName ?? 'postgres',
    dataAsOf: snapshot.value.dataAsOf,
    restoredFrom: snapshot.value.label,
    resource: resource.value,
  });
}

/** An unfinished or finished server of an earlier attempt, restored from the same snapshot in the same way, is as good as a new one, and there a quarter of an hour earlier. */
async function adopt(
  context: Context,
  { account, wish, orphans, made }: Attempt,
  production: DbInstance | undefined,
  { identifier: snapshot }: ReadySnapshot,
): Promise<Result<Resource | undefined>> {
  const classes = wish.classes.length > 0 ? wish.classes : [production?.DBInstanceClass];
  return await adoptNewest(context, made, {
    lines: orphans.filter(
      ({ kind, facts }) =>
        kind === 'throwaway' && facts.snapshot === snapshot && classes.includes(String(facts.class)) && facts.settings === settingsOf(wish, production),
    ),
    open: (identifier) => rdsInstance(account, identifier),
    tell: ({ label }) => `${label}, which an earlier attempt restored from the same snapshot`,
  });
}

async function describeRestored(context: Context, account: AwsAccount, identifier: string, doing: string): Promise<Result<DbInstance>> {
  try {
    const found = await describeInstance(account, identifier, context.signal);
    return found === undefined ? fail(failure('throwaway-failed', `${identifier} is gone: somebody deleted it`, { object: identifier })) : ok(found);
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}
