import { checkDisk } from '../cluster/check-disk.ts';
import { localHost } from '../cluster/local-host.ts';
import type { Settings } from '../config/schema.ts';
import type { CloneHost } from '../core/clone-host.ts';
import type { Failure } from '../core/failure.ts';
import type { OpenSource } from '../core/open-source.ts';
import type { Context } from '../core/ports.ts';
import { fail, ok, type Result } from '../core/result.ts';
import type { SourceFacts } from '../core/source-facts.ts';
import { externalHost } from './external-host.ts';
import { buildForSource } from './image-of-source.ts';
import type { Run } from './run.ts';

/** An image, the clone to migrate, one for the baseline, one for a second try, and as much again for a migration that rewrites tables. */
const copiesNeeded = 5;
const emptyServerBytes = 60 * 1024 * 1024;

/** Where the copies of this source are going to live. All that stands in the way is told at once. */
export async function chooseHost(context: Context, run: Run, settings: Settings, source: OpenSource): Promise<Result<CloneHost>> {
  const { target, clone } = settings;
  return target === undefined ? await ownServers(context, settings, source.facts) : await externalHost(context, run, { target, clone }, source);
}

async function ownServers(context: Context, settings: Settings, facts: SourceFacts): Promise<Result<CloneHost>> {
  const room = await checkDisk(context, (facts.sizeBytes + emptyServerBytes) * copiesNeeded);
  const build = await buildForSource(context, facts, settings.clone.acceptOtherMajor, 'preconditions');
  if (room.ok && build.ok) return ok(localHost(build.value));
  const problems: Failure[] = [];
  for (const result of [room, build]) if (!result.ok) problems.push(...(result.failure.problems ?? [result.failure]));
  const [first] = problems;
  if (first === undefined) throw new Error('a precondition failed without a problem');
  return fail(problems.length === 1 ? first : { ...first, problems });
}
