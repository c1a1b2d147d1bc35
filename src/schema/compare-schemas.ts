import { FailureError, failure, SqlError } from '../core/failure.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { SchemaDifference } from '../core/schema-difference.ts';
import type { Address } from '../core/server.ts';
import type { ScratchDatabase } from '../core/shared-server.ts';
import { canonicalText, fingerprint } from './compare/canonical-text.ts';
import { compareObjects } from './compare/compare-objects.ts';
import type { ComparedSchemas } from './compare/compared-schemas.ts';
import { excludeObjects } from './compare/exclude-objects.ts';
import type { ObjectSet } from './compare/schema-object.ts';
import { type ReadSide, readSides, type Side } from './read-side.ts';
import { ScratchServer, valueOrThrow } from './settle/scratch-cycle.ts';
import { maySettle, settleExpressions } from './settle/settle-expressions.ts';
import { notCompared, notInText } from './supplement.ts';
import { unexplained } from './text/unexplained.ts';

export type { Side } from './read-side.ts';

export interface CompareOptions {
  /** Qualified names of objects to leave out, each with all that belongs to it. */
  readonly exclude: readonly string[];
  /**
   * Superuser access to a server of ours, of the newer side's major or later, where databases may be made and dropped.
   * Asked for only when the texts differ in a way that a dump and restore could explain.
   */
  readonly scratch: () => Promise<Result<Address>>;
  /** How a scratch database is made and dropped where others use that server too; no role is made there then. */
  readonly makeScratch?: ((context: Context) => Promise<Result<ScratchDatabase>>) | undefined;
}

/**
 * Compares two schemas by object and property: pg_dump's text, taken apart, with what it doesn't show read from the catalogs.
 * Every failure (no permission, a server gone, no scratch database) is `compare-failed`: never "same".
 *
 * @example await compareSchemas(context, { address: clone, label: 'clone' }, { address: baseline, label: 'baseline' }, { exclude: [], scratch })
 */
export async function compareSchemas(context: Context, left: Side, right: Side, options: CompareOptions): Promise<Result<ComparedSchemas>> {
  try {
    return ok(await compare(context, left, right, options));
  } catch (error) {
    const cause = error instanceof FailureError ? error.failure : undefined;
    if (cause?.code === 'compare-failed' || cause?.code === 'interrupted') return fail(cause);
    if (cause !== undefined) {
      const { code: _, message, ...rest } = cause;
      return fail(failure('compare-failed', `The schemas could not be compared: ${message}`, rest));
    }
    if (error instanceof SqlError) return fail(failure('compare-failed', `The schemas could not be compared: ${error.message}.`, { sql: error.fields }));
    if (context.signal.aborted) return fail(failure('interrupted', 'The comparison was interrupted.'));
    throw error;
  }
}

async function compare(context: Context, left: Side, right: Side, options: CompareOptions): Promise<ComparedSchemas> {
  const sides = await readSides(context, left, right);
  for (const side of [sides.left, sides.right]) excludeObjects(side.objects, options.exclude);
  const objects = { left: sides.left.objects, right: sides.right.objects };
  const first = compareObjects(objects.left, objects.right);
  const needsScratch = first.some((difference) => maySettle(difference, objects.left));
  const settled = needsScratch ? await settle(context, sides, objects, first, options) : { ...objects, differences: first, cycles: 0 };
  const differences = first.length === 0 ? unexplained(objects.left, objects.right) : settled.differences;
  const leftText = canonicalText(settled.left);
  const rightText = canonicalText(settled.right);
  return {
    differences,
    leftText,
    rightText,
    objects,
    scope: {
      engines: [`${sides.dump}, by object`, ...(sides.live ? ['catalog facts that pg_dump does not show'] : [])],
      leftServer: `${left.label}: PostgreSQL ${sides.left.serverVersion}`,
      rightServer: `${right.label}: PostgreSQL ${sides.right.serverVersion}`,
      ...count(objects.left, objects.right),
      excluded: options.exclude,
      notCompared: [
        ...notCompared,
        ...(sides.live ? [] : notInText),
        ...(sides.left.major === sides.right.major ? [] : [`what only one major shows: the sides are PostgreSQL ${sides.left.major} and ${sides.right.major}`]),
      ],
      cycles: settled.cycles,
      leftFingerprint: fingerprint(leftText),
      rightFingerprint: fingerprint(rightText),
    },
  };
}

async function settle(
  context: Context,
  sides: { readonly left: ReadSide; readonly right: ReadSide },
  objects: { readonly left: ObjectSet; readonly right: ObjectSet },
  first: readonly SchemaDifference[],
  options: CompareOptions,
) {
  await using scratch = await ScratchServer.open(context, valueOrThrow(await options.scratch()), options.makeScratch);
  return await settleExpressions(scratch, { left: sides.left.text, right: sides.right.text }, objects, first);
}

function count(left: ObjectSet, right: ObjectSet): { objectsCompared: number; kinds: Record<string, number> } {
  const all = new Map([...left.all(), ...right.all()].map((object) => [`${object.kind} ${object.name}`, object.kind]));
  const kinds: Record<string, number> = {};
  for (const kind of [...all.values()].sort()) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return { objectsCompared: all.size, kinds };
}
