import { judgeRequiredTables } from '../check/required-tables/judge-required-tables.ts';
import type { TableProbe, WantedTable } from '../check/required-tables/probe-table.ts';
import { probeTables } from '../check/required-tables/probe-tables.ts';
import type { Settings } from '../config/schema.ts';
import { applicationRole } from '../config/settings/check-required-tables.ts';
import type { CheckOutcome } from '../core/check-outcome.ts';
import type { Context } from '../core/ports.ts';
import { ok, type Result } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { withSession } from './with-session.ts';

/** The tables that the team requires, each with the role as which it is tried. */
export function wantedTables(settings: Settings): readonly WantedTable[] {
  const application = applicationRole(settings);
  return settings.data.requiredTables.flatMap(({ table, role = application, settings: made, insert }) =>
    role === undefined ? [] : [{ table, role, settings: made, ...(insert === undefined ? {} : { insert }) }],
  );
}

/** Tries them on a clone that isn't migrated yet: what doesn't work there isn't the migrations' doing. Nothing is asked where nothing is required. */
export async function probeBefore(context: Context, admin: Address, settings: Settings): Promise<Result<readonly TableProbe[]>> {
  const wanted = wantedTables(settings);
  return wanted.length === 0 ? ok([]) : await withSession(context, admin, async (session) => ok(await probeTables(session, wanted)));
}

/** Tries them on the migrated clone, and judges. Undefined where nothing is required. */
export async function judgeAfter(
  context: Context,
  admin: Address,
  settings: Settings,
  before: readonly TableProbe[],
): Promise<Result<CheckOutcome | undefined>> {
  const startedAt = performance.now();
  const wanted = wantedTables(settings);
  if (wanted.length === 0) return ok(undefined);
  const after = await withSession(context, admin, async (session) => ok(await probeTables(session, wanted)));
  if (!after.ok) return after;
  const missing: TableProbe = { kind: 'missing' };
  const probed = wanted.map((one, at) => ({ wanted: one, before: before[at] ?? missing, after: after.value[at] ?? missing }));
  return ok(judgeRequiredTables(probed, startedAt));
}
