import { CloudError } from '../core/cloud-error.ts';
import { type Failure, FailureError, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import { type CloudFacts, readCloudFacts } from './cloud-facts.ts';
import { namePrefix } from './cloud-name.ts';
import { type CloudThing, type Patience, type Seen, usualPatience } from './cloud-thing.ts';
import { isOurs } from './is-ours.ts';
import { openThing } from './open-thing.ts';
import { pause } from './pause.ts';
import { meaningOf } from './state-table.ts';
import { passesByItself } from './wait-until-ready.ts';

/** How often a thing is looked for whose making was never confirmed: descriptions lag behind. */
const looksForUnconfirmed = 3;

/**
 * The only way in which anything in a cloud is deleted: only what both our ledger and its tags say is ours, looked at right before; through states in which it can't be deleted
 * yet, for as long as `patience.waitMs`; and gone only when the cloud, asked in the account that it was made in, has none of that name. Then its line is forgotten. Asked again,
 * or side by side with another one, it comes to the same end. Goes on after Ctrl-C. Says what became of it as an event; fails with `throwaway-left`, or
 * `throwaway-in-use`, which is no event, where another process has it.
 */
export async function removeCloudResource(context: Context, resource: Resource, patience: Patience = usualPatience): Promise<Result<void>> {
  // Two reruns may meet here: what one of them goes on with, the other one's gc doesn't remove.
  if (!(await isOwn(context, resource)) && (await context.ledger.takeOver(resource.id)) === undefined) {
    const isThere = (await context.ledger.list()).some(({ id }) => id === resource.id);
    return isThere ? fail(failure('throwaway-in-use', `another process is at work on ${resource.kind} ${resource.label}`, { object: resource.id })) : ok();
  }
  const problem = await remove(context, resource, patience);
  if (problem === undefined) {
    await context.ledger.forget(resource.id);
    context.emit({ type: 'resource', what: 'removed', resource });
    return ok();
  }
  const { profile, region, account } = resource.facts;
  const where = `region ${String(region)}, account ${String(account)}${profile === undefined ? '' : `, profile ${String(profile)}`}`;
  const cause = failure('throwaway-left', `${resource.kind} ${resource.label} (${where}) could not be removed: ${problem}`, { object: resource.id });
  context.emit({ type: 'resource', what: 'not-removed', resource, failure: cause });
  return fail(cause);
}

/**
 * The same in one look, for whoever doesn't wait: true where it is gone, false where the cloud was asked, or has to be asked once it allows it; `gc` waits for that. Fails with
 * `throwaway-left` where somebody has to do something first.
 */
export async function askForRemoval(context: Context, resource: Resource): Promise<Result<boolean>> {
  let isUnderWay = false;
  const emit: Context['emit'] = (event) => {
    if (event.type === 'step') isUnderWay = true;
  };
  const removed = await removeCloudResource({ ...context, emit }, resource, { pollMs: 0, waitMs: 0 });
  return removed.ok || isUnderWay ? ok(removed.ok) : removed;
}

/** Removes what a failed step had begun, newest first, and gives that step's failure, with those of removals beside it. */
export async function removeAfter(
  context: Context,
  resources: readonly Resource[],
  cause: Failure,
  patience: Patience,
): Promise<{ readonly ok: false; readonly failure: Failure }> {
  const problems: Failure[] = [];
  for (const resource of resources.toReversed()) {
    const removed = await removeCloudResource(context, resource, patience);
    if (!removed.ok) problems.push(removed.failure);
  }
  return fail(problems.length === 0 ? cause : { ...cause, problems: [...(cause.problems ?? []), ...problems] });
}

/** Gives why it is still there, as the end of a sentence; undefined: it is gone. */
async function remove(context: Context, resource: Resource, patience: Patience): Promise<string | undefined> {
  const facts = readCloudFacts(resource);
  if (facts === undefined) return 'its ledger line doesn’t name a thing in a cloud';
  if (!facts.identifier.startsWith(namePrefix)) return `${facts.identifier} is no name that pgrehearse gives`;
  const opened = await openThing(context, facts);
  if (!opened.ok) return opened.failure.message;
  const thing = opened.value;
  const stays = facts.thing === 'aurora-cluster' ? await removeMembers(context, facts, patience) : undefined;
  if (stays !== undefined) return stays;
  const startedAt = performance.now();
  let looksLeft = resource.facts.made === 'yes' ? 1 : looksForUnconfirmed;
  let told = '';
  for (;;) {
    const step = await tryOnce(thing, facts);
    if (step.is === 'refused') return step.why;
    if (step.is === 'gone') looksLeft -= 1;
    else looksLeft = 1;
    if (looksLeft === 0) return undefined;
    const why = step.is === 'gone' ? 'not to be seen' : step.why;
    if (why !== told && step.is === 'not-yet') context.emit({ type: 'step', phase: 'provision', text: `Deleting ${thing.label}, which is ${why}` });
    told = why;
    if (performance.now() - startedAt > patience.waitMs) return `after ${Math.round(patience.waitMs / 60_000)} minutes it is still ${why}`;
    await pause(patience.pollMs);
  }
}

/** Asked before the ledger is: a line that somebody deleted under a running command doesn't keep it from removing what it made. */
async function isOwn({ edge: { system } }: Context, { owner }: Resource): Promise<boolean> {
  return owner.pid === process.pid && owner.host === system.host && (await system.processStartedAt(process.pid)) === owner.processStartedAt;
}

/** A cluster can't go before its instances: those that our ledger names go first, whoever asks for what in which order. */
async function removeMembers(context: Context, cluster: CloudFacts, patience: Patience): Promise<string | undefined> {
  for (const line of await context.ledger.list()) {
    const member = readCloudFacts(line);
    const isIn = member?.thing === 'aurora-instance' && line.facts.cluster === cluster.identifier;
    if (!isIn || member.account !== cluster.account || member.region !== cluster.region) continue;
    const removed = await removeCloudResource(context, line, patience);
    if (!removed.ok) return `its instance ${line.label} is still there`;
  }
  return undefined;
}

type Step = { readonly is: 'gone' } | { readonly is: 'not-yet'; readonly why: string } | { readonly is: 'refused'; readonly why: string };

/** One look, and the one call that the state asks for. What came of it, the next look tells. */
async function tryOnce(thing: CloudThing, facts: { readonly run: string }): Promise<Step> {
  let seen: Seen | undefined;
  try {
    seen = await thing.look();
    if (seen === undefined) return { is: 'gone' };
    if (!isOurs(seen.tags, facts))
      return { is: 'refused', why: `${thing.label} doesn’t have the tag of the run that our ledger names, and so isn’t ours to delete` };
    const why = seen.status;
    if (meaningOf(thing.states, why).is === 'leaving') return { is: 'not-yet', why };
    if (seen.isProtected && thing.unprotect !== undefined) await thing.unprotect();
    else await thing.delete();
    return { is: 'not-yet', why };
  } catch (error) {
    if (error instanceof FailureError) return { is: 'refused', why: error.failure.message };
    if (!(error instanceof CloudError)) throw error;
    const words = `${error.operation} was answered with ${error.code}: ${error.message}`;
    return isForNow(error) ? { is: 'not-yet', why: seen?.status ?? 'without an answer' } : { is: 'refused', why: words };
  }
}

/** Refusals that mean "not in this state", and those that mean that it went between the look and the call. */
function isForNow(error: CloudError): boolean {
  return passesByItself(error) || /^Invalid\w+State$|^ServerIsBusy$|^OperationNotAllowed$/.test(error.code) || /NotFound$/.test(error.code);
}
