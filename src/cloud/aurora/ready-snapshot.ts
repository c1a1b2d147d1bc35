import type { DbClusterSnapshot } from '../../core/aws-things.ts';
import type { AuroraWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { makeWhenCalm } from '../make-when-calm.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { type Attempt, makePart } from './attempt.ts';
import { calmProduction } from './calm-production.ts';
import type { ClusterSnapshotChoice } from './choose-snapshot.ts';
import { auroraSnapshot, describeClusterSnapshot } from './cluster-snapshot.ts';

type Settings = NonNullable<AuroraWish['snapshot']>;

/** Makes the snapshot that was chosen ready: takes it, or goes on with one that was left. Fails with what the cloud refuses, `throwaway-timed-out` or `interrupted`. */
export async function readyClusterSnapshot(
  context: Context,
  attempt: Attempt,
  settings: Settings,
  choice: ClusterSnapshotChoice,
): Promise<Result<DbClusterSnapshot>> {
  if (choice.is === 'there') return ok(choice.snapshot);
  if (choice.is === 'left') {
    const { line } = choice;
    context.emit({ type: 'step', phase: 'provision', text: `Going on with the cluster snapshot ${line.label} of an earlier attempt` });
    return await whenReady(context, attempt, line.label, `waiting for the snapshot ${line.label}`);
  }
  return await take(context, attempt, settings, choice.why);
}

async function take(context: Context, attempt: Attempt, settings: Settings, why: string): Promise<Result<DbClusterSnapshot>> {
  const { account, wish, made } = attempt;
  const doing = `taking a snapshot of ${wish.cluster}`;
  const taken = await makeWhenCalm(context, {
    ...calmProduction(attempt, doing),
    announce: () => context.emit({ type: 'step', phase: 'provision', text: `Taking a snapshot of ${wish.cluster}: ${why}` }),
    make: () =>
      makePart(context, attempt, {
        thing: 'aurora-snapshot',
        facts: {},
        doing,
        kept: settings.keep,
        open: (identifier) => auroraSnapshot(account, identifier),
        create: (identifier, Tags) =>
          account.call('rds:CreateDBClusterSnapshot', { DBClusterIdentifier: wish.cluster, DBClusterSnapshotIdentifier: identifier, Tags }),
      }),
  });
  if (!taken.ok) return taken;
  const ready = await whenReady(context, attempt, taken.value.label, doing);
  if (ready.ok && settings.keep) {
    // From now on it stays: only a whole one is worth it.
    await context.ledger.amend(taken.value.id, { kept: true });
    made.splice(made.indexOf(taken.value), 1);
  }
  return ready;
}

async function whenReady(context: Context, { account, wish }: Attempt, identifier: string, doing: string): Promise<Result<DbClusterSnapshot>> {
  const ready = await waitUntilReady(context, auroraSnapshot(account, identifier), { pollMs: wish.pollMs, waitMs: wish.waitMs, doing });
  if (!ready.ok) return ready;
  try {
    const found = await describeClusterSnapshot(account, identifier, context.signal);
    return found === undefined
      ? fail(failure('snapshot-missing', `the snapshot ${identifier} is gone: somebody deleted it`, { object: identifier }))
      : ok(found);
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}
