import { CloudError } from '../core/cloud-error.ts';
import { cloudFailure } from '../core/cloud-failure.ts';
import { type Failure, FailureError, failure } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { CloudFacts } from './cloud-facts.ts';
import { tagNames } from './cloud-tags.ts';
import type { CloudThing, Patience } from './cloud-thing.ts';
import { pause } from './pause.ts';
import { passesByItself } from './wait-until-ready.ts';

/** What is to be made, and how. */
export interface Making {
  readonly kind: 'throwaway' | 'snapshot';
  readonly facts: Omit<CloudFacts, 'identifier' | 'azure'> & Resource['facts'];
  readonly patience: Patience;
  /** What is done, for sentences: `restoring snapshot rds:production-…`. */
  readonly doing: string;
  /** The name at this instant. */
  name(at: Date): string;
  open(identifier: string): CloudThing;
  /**
   * The one call that makes it. Throws CloudError.
   *
   * @param line for the tag `pgrehearse:line`
   */
  create(identifier: string, line: string): Promise<unknown>;
}

/** Names that others have taken before the next one is given up. */
const namesTried = 5;
/** How often a call is made whose answers don't come. */
const callsTried = 3;
/** How often it is looked whether a call was done whose answer was lost: descriptions lag behind. */
const looksAfterLoss = 3;

/**
 * The only way in which anything comes into being in a cloud: a name of our choosing, its line in the ledger on disk, and only then the call. So whatever happens at whatever
 * moment, the ledger names it. Where the answer is lost, or the name is taken, the tags tell whether it was us: a call that was lost can be made again under the same name.
 *
 * Leaves a line where it is not known whether something was made; whoever gets the failure has it removed. Fails with what the cloud's refusal means, and gives the codes of
 * refusals that others may be tried after in `refusal`.
 */
export async function makeCloudResource(context: Context, making: Making): Promise<Made> {
  const names = await freeNames(context, making);
  for (const identifier of names) {
    const facts = { ...making.facts, identifier };
    const resource = await context.ledger.plan({
      kind: making.kind,
      label: identifier,
      facts,
      ...(context.runId === undefined ? {} : { runId: context.runId }),
    });
    context.emit({ type: 'resource', what: 'planned', resource });
    const outcome = await create(context, making, resource);
    switch (outcome.is) {
      case 'made':
        return await tellMade(context, resource);
      case 'taken':
        await context.ledger.forget(resource.id);
        continue;
      case 'refused':
        await context.ledger.forget(resource.id);
        return { result: fail(outcome.failure), ...(outcome.code === undefined ? {} : { refusal: outcome.code }) };
      case 'unknown':
        return { result: fail(outcome.failure), left: resource };
    }
  }
  return { result: fail(failure('cloud-refused', `${making.doing}: ${namesTried} names in a row were taken by others`, { cure: 'Run again.' })) };
}

/** Names from this instant on. What our ledger has, such as the snapshot of which this is a copy within the same second, is taken without asking. */
async function freeNames(context: Context, { kind, name }: Making): Promise<readonly string[]> {
  const first = context.now().getTime();
  const taken = (await context.ledger.list()).filter((line) => line.kind === kind).map(({ label }) => label);
  const names = Array.from({ length: taken.length + namesTried }, (_, second) => name(new Date(first + second * 1000)));
  return names.filter((free) => !taken.includes(free)).slice(0, namesTried);
}

export interface Made {
  readonly result: Result<Resource>;
  /** The service's code, where it refused: another class may be taken. */
  readonly refusal?: { readonly code: string; readonly message: string };
  /** Nobody knows whether it was made. */
  readonly left?: Resource;
}

/** A server that stands there, and costs, is handed on even where there is no room to say so: to be removed. */
async function tellMade(context: Context, resource: Resource): Promise<Made> {
  try {
    const line = await context.ledger.amend(resource.id, { facts: { made: 'yes' } });
    context.emit({ type: 'resource', what: 'made', resource: line });
    return { result: ok(line) };
  } catch (error) {
    if (!(error instanceof FailureError)) throw error;
    return { result: fail(error.failure), left: resource };
  }
}

type Outcome =
  | { readonly is: 'made' }
  | { readonly is: 'taken' }
  | { readonly is: 'refused'; readonly failure: Failure; readonly code?: Made['refusal'] }
  | { readonly is: 'unknown'; readonly failure: Failure };

async function create(context: Context, making: Making, { id, label: identifier }: Resource): Promise<Outcome> {
  const thing = making.open(identifier);
  for (let call = 1; ; call++) {
    try {
      await making.create(identifier, id);
      return { is: 'made' };
    } catch (error) {
      const failed = cloudFailure(error, making.doing);
      if (!(error instanceof CloudError)) return { is: 'refused', failure: failed };
      const found = await lookFor(context, thing, id, { ...making.patience, looks: mayBeThere(error) ? looksAfterLoss : 1 });
      if (found === 'unknown' || (found === 'none' && isSaidToBeThere(error))) return { is: 'unknown', failure: failed };
      if (found === 'ours') return { is: 'made' };
      if (found === 'strange') return { is: 'taken' };
      if (!passesByItself(error)) return { is: 'refused', failure: failed, code: { code: error.code, message: error.message } };
      if (call === callsTried || context.signal.aborted) return { is: 'unknown', failure: failed };
      await pause(making.patience.pollMs, context.signal);
    }
  }
}

/** The SDK makes a call again by itself after a lost answer, so that even a refusal may be that of the second one, because of what the first one made. */
function mayBeThere(error: CloudError): boolean {
  return !error.refused || error.repeated || error.status === 409 || isSaidToBeThere(error);
}

/** Refused because the name is taken: by us or by somebody else, it is there, although no description shows it yet. */
function isSaidToBeThere({ code }: CloudError): boolean {
  return /AlreadyExists/.test(code);
}

/** Whether there is something of this name, and whether it is what this very line of the ledger was written for: the same run may have made another one. */
async function lookFor(
  context: Context,
  thing: CloudThing,
  line: string,
  { looks, pollMs }: { readonly looks: number; readonly pollMs: number },
): Promise<'ours' | 'strange' | 'none' | 'unknown'> {
  let answered = false;
  for (let look = 0; look < looks; look++) {
    if (look > 0) await pause(pollMs, context.signal);
    try {
      const seen = await thing.look();
      if (seen !== undefined) return seen.tags[tagNames.line] === line ? 'ours' : 'strange';
      answered = true;
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
    }
  }
  return answered ? 'none' : 'unknown';
}
