import { setTimeout as sleep } from 'node:timers/promises';
import type { HostedClone } from '../../core/clone-host.ts';
import type { Context } from '../../core/ports.ts';
import { ok, type Result } from '../../core/result.ts';
import type { SchemaDifference } from '../../core/schema-difference.ts';
import type { ComparedSchemas } from '../../schema/compare/compared-schemas.ts';
import { hasNumberedName, markUnstable, maybeUnstable } from '../../schema/compare/mark-unstable.ts';
import { type CompareOptions, compareSchemas, type Side } from '../../schema/compare-schemas.ts';

/** How a baseline is built once more. `otherDay`: where it is another day than at the first build, by time zone. */
export type Rebuild = (how: 'again' | 'otherDay') => Promise<Result<HostedClone>>;

/** Text that holds a time holds seconds, if anything. */
const clockStepMs = 1_100;

/**
 * Finds which of the differences would be there between two builds of the baseline too, and gives them the class *unstable*. The baseline is built once
 * more only where there are such differences at all: what differs between two builds differs between the clone and the baseline too, since these are two
 * builds as well. Names made of the day need another day: then it is built in a time zone that has one.
 *
 * @param builtAt when the first build was over at the latest, as `performance.now()` tells it: now, unless told
 */
export async function findUnstable(
  context: Context,
  compared: ComparedSchemas,
  baseline: Side,
  options: CompareOptions,
  rebuild: Rebuild,
  builtAt = performance.now(),
): Promise<Result<ComparedSchemas>> {
  if (!compared.differences.some(maybeUnstable)) return ok(compared);
  await sleep(Math.max(0, builtAt + clockStepMs - performance.now()), undefined, { signal: context.signal }).catch(() => undefined);
  const again = await betweenBuilds(context, baseline, options, () => rebuild('again'));
  if (!again.ok) return again;
  const marked = markUnstable(compared.differences, again.value, 'a second build of the baseline differs in it too');
  if (!marked.some((difference) => maybeUnstable(difference) && hasNumberedName(difference))) return ok({ ...compared, differences: marked });
  const otherDay = await betweenBuilds(context, baseline, options, () => rebuild('otherDay'));
  if (!otherDay.ok) return otherDay;
  // In another time zone constants of a time may differ too: only names tell of the day.
  const names = otherDay.value.filter(hasNumberedName);
  return ok({ ...compared, differences: markUnstable(marked, names, 'a build of the baseline on another day is called otherwise too') });
}

async function betweenBuilds(
  context: Context,
  baseline: Side,
  options: CompareOptions,
  build: () => Promise<Result<HostedClone>>,
): Promise<Result<readonly SchemaDifference[]>> {
  const built = await build();
  if (!built.ok) return built;
  const second: Side = { address: built.value.admin, label: 'the baseline, built again' };
  const compared = await compareSchemas(context, baseline, second, options);
  const removed = await built.value.remove();
  if (!removed.ok) return removed;
  return compared.ok ? ok(compared.value.differences.filter(maybeUnstable)) : compared;
}
