import { cloudFailure } from '../core/cloud-failure.ts';
import type { Context } from '../core/ports.ts';
import type { Resource } from '../core/resource.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { CloudThing } from './cloud-thing.ts';
import { isOurs } from './is-ours.ts';
import { meaningOf } from './state-table.ts';

/** What earlier attempts left, and how to go on with one of them. */
interface Left {
  /** Their ledger lines, oldest first: only such as are what this attempt would make itself. */
  readonly lines: readonly Resource[];
  open(identifier: string): CloudThing;
  /** For people, after "Going on with". */
  tell(line: Resource): string;
}

/**
 * Takes over the newest of them that the cloud still has, under our tags, and that can be used or will be. What another run goes on with meanwhile is passed over. Undefined: there is
 * none. Fails with what the cloud answers to a look.
 *
 * @param made what the attempt has to remove: what was taken over is added
 */
export async function adoptNewest(context: Context, made: Resource[], { lines, open, tell }: Left): Promise<Result<Resource | undefined>> {
  for (const left of lines.toReversed()) {
    const thing = open(left.label);
    try {
      const seen = await thing.look(context.signal);
      if (seen === undefined || !isOurs(seen.tags, { run: String(left.facts.run ?? '') })) continue;
      const { is } = meaningOf(thing.states, seen.status);
      if (is !== 'waiting' && is !== 'ready') continue;
    } catch (error) {
      return fail(cloudFailure(error, `looking at ${left.label}, which an earlier attempt left`));
    }
    const line = await context.ledger.takeOver(left.id);
    if (line === undefined) continue;
    made.push(line);
    context.emit({ type: 'step', phase: 'provision', text: `Going on with ${tell(line)}` });
    return ok(line);
  }
  return ok(undefined);
}
