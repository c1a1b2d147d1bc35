import type { AwsAccount } from '../../core/aws.ts';
import type { AwsTag, DbInstance, DbSnapshot } from '../../core/aws-things.ts';
import type { RdsWish } from '../../core/cloud.ts';
import { cloudFailure } from '../../core/cloud-failure.ts';
import { failure } from '../../core/failure.ts';
import type { Context } from '../../core/ports.ts';
import type { Resource } from '../../core/resource.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { cloudName } from '../cloud-name.ts';
import { ownTags, toAwsTags } from '../cloud-tags.ts';
import { type Made, type Making, makeCloudResource } from '../make-cloud-resource.ts';
import { makeWhenCalm } from '../make-when-calm.ts';
import { waitUntilReady } from '../wait-until-ready.ts';
import { dataTime, restorable, type SnapshotChoice } from './choose-snapshot.ts';
import { rdsInstance } from './instance.ts';
import { describeSnapshot, rdsSnapshot } from './snapshot.ts';
import { factsOf, sourceOf } from './source-of.ts';

/** A snapshot that can be restored now. */
export interface ReadySnapshot {
  /** As a restore is told of it. */
  readonly identifier: string;
  /** For people. */
  readonly label: string;
  /** ISO 8601. */
  readonly dataAsOf: string;
  readonly key?: string;
}

/** What is the same for all that one attempt makes. */
export interface Attempt {
  readonly account: AwsAccount;
  readonly wish: RdsWish;
  /** For the tag `pgrehearse:run`. */
  readonly run: string;
  /** What earlier attempts left, which this one may go on with. */
  readonly orphans: readonly Resource[];
  /** What it made or took over, in that order, and has to be removed with it. */
  readonly made: Resource[];
}

/**
 * Makes the snapshot that was chosen ready: takes it, or goes on with one that was left, and copies it where another key is wanted. Fails with what the cloud refuses
 * (`cloud-quota`, `cloud-key` …), `throwaway-timed-out` or `interrupted`.
 */
export async function readySnapshot(
  context: Context,
  attempt: Attempt,
  production: DbInstance | undefined,
  choice: SnapshotChoice,
): Promise<Result<ReadySnapshot>> {
  const original = choice.is === 'there' ? ok(choice.snapshot) : await ownSnapshot(context, attempt, production, choice);
  if (!original.ok) return original;
  const { kmsKey } = attempt.wish.snapshot;
  const ready = kmsKey === undefined ? original : await copied(context, attempt, original.value, kmsKey);
  if (!ready.ok) return ready;
  const time = dataTime(original.value);
  if (time === undefined) throw new Error(`RDS tells no time for ${original.value.DBSnapshotIdentifier}`);
  const identifier = kmsKey === undefined ? restorable(attempt.wish, ready.value) : (ready.value.DBSnapshotIdentifier ?? '');
  const { KmsKeyId: key } = ready.value;
  return ok({ identifier, label: `snapshot ${original.value.DBSnapshotIdentifier}`, dataAsOf: time.toISOString(), ...(key === undefined ? {} : { key }) });
}

/** One that we take, or took before. */
async function ownSnapshot(
  context: Context,
  attempt: Attempt,
  production: DbInstance | undefined,
  choice: Exclude<SnapshotChoice, { readonly is: 'there' }>,
): Promise<Result<DbSnapshot>> {
  const { wish } = attempt;
  if (choice.is === 'left') {
    const { line } = choice;
    context.emit({ type: 'step', phase: 'provision', text: `Going on with the snapshot ${line.label} of an earlier attempt` });
    return await whenReady(context, attempt, line.label, `waiting for the snapshot ${line.label}`);
  }
  const pauses = production?.MultiAZ === true ? '' : ', whose I/O stands still for a moment, since it is in one zone only';
  const doing = `taking a snapshot of ${wish.instance}`;
  const made = await makeWhenCalm(context, {
    production: rdsInstance(attempt.account, wish.instance),
    patience: wish,
    doing: `waiting until a snapshot of ${wish.instance} can be taken`,
    busy: 'InvalidDBInstanceState',
    cure: 'Run again when it is available, or allow an older snapshot.',
    announce: () => context.emit({ type: 'step', phase: 'provision', text: `Taking a snapshot of ${wish.instance}${pauses}: ${choice.why}` }),
    make: () =>
      make(context, attempt, {
        doing,
        facts: {},
        create: (identifier, line) =>
          attempt.account.call('rds:CreateDBSnapshot', {
            DBInstanceIdentifier: wish.instance,
            DBSnapshotIdentifier: identifier,
            Tags: tagsFor(context, attempt, line, wish.snapshot.keep),
          }),
      }),
  });
  if (!made.ok) return made;
  const ready = await whenReady(context, attempt, made.value.label, doing);
  if (ready.ok && wish.snapshot.keep) await keep(context, attempt, made.value);
  return ready;
}

/** From now on it stays: only a whole one is worth it. */
async function keep(context: Context, { made }: Attempt, snapshot: Resource): Promise<void> {
  await context.ledger.amend(snapshot.id, { kept: true });
  made.splice(made.indexOf(snapshot), 1);
}

/** A copy of ours with another key; removed with the throwaway, also where a snapshot that we took is kept. */
async function copied(context: Context, attempt: Attempt, original: DbSnapshot, kmsKey: string): Promise<Result<DbSnapshot>> {
  const { wish } = attempt;
  const copyOf = original.DBSnapshotArn ?? original.DBSnapshotIdentifier ?? '';
  const doing = `copying the snapshot ${original.DBSnapshotIdentifier} with the key ${kmsKey}`;
  const left = attempt.orphans.find(({ kind, facts }) => kind === 'snapshot' && facts.copyOf === copyOf && facts.key === kmsKey);
  const again = left === undefined ? undefined : await context.ledger.takeOver(left.id);
  if (again !== undefined) {
    attempt.made.push(again);
    const ready = await whenReady(context, attempt, again.label, doing);
    // What is left of a copy that failed goes with the others; a new one is made.
    if (ready.ok || context.signal.aborted) return ready;
  }
  context.emit({ type: 'step', phase: 'provision', text: `Copying the snapshot with another key` });
  const { result: made } = await make(context, attempt, {
    doing,
    facts: { copyOf, key: kmsKey },
    create: (identifier, line) =>
      attempt.account.call('rds:CopyDBSnapshot', {
        SourceDBSnapshotIdentifier: restorable(wish, original),
        TargetDBSnapshotIdentifier: identifier,
        KmsKeyId: kmsKey,
        CopyTags: false,
        Tags: tagsFor(context, attempt, line, false),
      }),
  });
  return made.ok ? await whenReady(context, attempt, made.value.label, doing) : made;
}

function tagsFor(context: Context, { wish, run }: Attempt, line: string, kept: boolean): readonly AwsTag[] {
  return toAwsTags(ownTags(context, { run, line, source: sourceOf(wish), ...(kept ? {} : { deleteAfterHours: wish.deleteAfterHours }) }));
}

async function make(
  context: Context,
  { account, wish, run, made }: Attempt,
  given: Pick<Making, 'doing' | 'create'> & { readonly facts: Resource['facts'] },
): Promise<Made> {
  const outcome = await makeCloudResource(context, {
    ...given,
    kind: 'snapshot',
    facts: { ...given.facts, ...factsOf(wish, run, 'rds-snapshot') },
    patience: wish,
    name: (at) => cloudName(wish.instance, at),
    open: (identifier) => rdsSnapshot(account, identifier),
  });
  const resource = outcome.result.ok ? outcome.result.value : outcome.left;
  if (resource !== undefined) made.push(resource);
  return outcome;
}

async function whenReady(context: Context, { account, wish }: Attempt, identifier: string, doing: string): Promise<Result<DbSnapshot>> {
  const ready = await waitUntilReady(context, rdsSnapshot(account, identifier), { pollMs: wish.pollMs, waitMs: wish.waitMs, doing });
  if (!ready.ok) return ready;
  try {
    const found = await describeSnapshot(account, identifier, context.signal);
    return found === undefined
      ? fail(failure('snapshot-missing', `the snapshot ${identifier} is gone: somebody deleted it`, { object: identifier }))
      : ok(found);
  } catch (error) {
    return fail(cloudFailure(error, doing));
  }
}
