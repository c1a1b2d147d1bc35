import { judgePlans } from '../../check/plan-regression/judge-plans.ts';
import type { PlansInput } from '../../check/plan-regression/plans-input.ts';
import { judgeQueries } from '../../check/query-compatibility/judge-queries.ts';
import type { QueriesInput } from '../../check/query-compatibility/queries-input.ts';
import { reportQueries } from '../../check/query-compatibility/report-queries.ts';
import type { PlanSettings, Settings } from '../../config/schema.ts';
import { countOf } from '../../core/count-of.ts';
import type { Context } from '../../core/ports.ts';
import type { QueryDirection } from '../../core/queries.ts';
import { ok, type Result } from '../../core/result.ts';
import { type GatheredQueries, gatherQueries } from '../../queries/gather-queries.ts';
import { readPlannedTables } from '../../queries/read-planned-tables.ts';
import type { QuerySide } from '../../queries/try-queries.ts';
import type { Migrated } from '../phases/migrate.ts';
import { type Run, report } from '../run.ts';
import { type Besides, spareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import { blameMigrations } from './blame-migrations.ts';
import { type ComparedSides, compareQueries, type Tried } from './compare-queries.ts';

/** What a run knows when the migrations went through. */
export interface QueryScene extends Omit<Besides, 'noTransaction'> {
  readonly run: Run;
}

/**
 * Do today's queries work on the migrated schema, and tomorrow's on the one before? Each is prepared and planned on a clone on which nothing is migrated, and on the
 * migrated one; none is run. Those that break are tried again after each migration, so that the one which did it is known. Gives a sentence for the phase; undefined
 * where nothing is known of any query.
 */
export async function rehearseQueries(context: Context, scene: QueryScene, migrated: Migrated): Promise<string | undefined> {
  const { settings } = scene.request;
  const { queries, newQueries } = settings.compatibility;
  const { traffic, queryFiles } = scene.provided;
  const today = gatherQueries(
    queries.statements === 'off' ? undefined : traffic.statements,
    queries.statements === 'required',
    queryFiles.today,
    settings.migrate.role,
  );
  const next = newQueries === undefined ? undefined : gatherQueries(undefined, false, queryFiles.next);
  const tried = await tryBoth(context, scene, migrated, today, next);
  if (context.signal.aborted) return undefined;
  const trouble = (queries: readonly unknown[]) => (tried.ok || queries.length === 0 ? {} : { trouble: tried.failure });
  const { old, fresh, plans } = tried.ok ? tried.value : {};
  const told: string[] = [];
  const worse = plans === undefined ? undefined : judgePlans(plans);
  const asked = queries.statements !== 'off' || today.from.length > 0;
  if (asked) {
    const input = inputOf('old-on-new', today, old, { policy: 'fail', changedResult: queries.changedResult }, trouble(today.queries));
    told.push(tell(context, input, worse?.regressed));
  }
  if (worse !== undefined) report(context, worse);
  if (next !== undefined && newQueries !== undefined) {
    told.push(tell(context, inputOf('new-on-old', next, fresh, { policy: newQueries.policy, changedResult: 'report' }, trouble(next.queries))));
  }
  return told.length === 0 ? undefined : told.join(' ');
}

function inputOf(
  direction: QueryDirection,
  { from, leftOut, missing, weakened, absent }: GatheredQueries,
  tried: Tried | undefined,
  policies: Pick<QueriesInput, 'policy' | 'changedResult'>,
  trouble: Pick<QueriesInput, 'trouble'>,
): QueriesInput {
  const none =
    absent ??
    (from.length === 1 && missing.length === 0 && from[0]?.startsWith('pg_stat_statements') === true
      ? 'the source’s pg_stat_statements holds no query of this database'
      : undefined);
  return {
    ...{ direction, from, missing, weakened, ...policies, ...trouble },
    ...(none === undefined ? {} : { absent: none }),
    leftOut: [...leftOut, ...(tried?.leftOut ?? [])],
    queries: tried?.compared ?? [],
    unmatchedRules: tried?.unmatchedRules ?? [],
    ...(tried?.ableToFail === undefined ? {} : { ableToFail: tried.ableToFail }),
  };
}

function tell(context: Context, input: QueriesInput, regressed?: ReadonlyMap<string, string>): string {
  const outcome = judgeQueries(input);
  report(context, outcome);
  if (input.queries.length > 0 || input.missing.length > 0) context.emit({ type: 'queries', report: reportQueries(input, regressed) });
  return outcome.gate.summary;
}

interface Both {
  readonly old?: Tried;
  readonly fresh?: Tried;
  /** Absent where nobody wants to know. */
  readonly plans?: PlansInput;
}

async function tryBoth(
  context: Context,
  scene: QueryScene,
  migrated: Migrated,
  today: GatheredQueries,
  next: GatheredQueries | undefined,
): Promise<Result<Both>> {
  const count = today.queries.length + (next?.queries.length ?? 0);
  if (count === 0) return ok({});
  const { request, provided, run, line } = scene;
  const { compatibility } = request.settings;
  context.emit({
    type: 'step',
    phase: 'compatibility',
    text: `Preparing ${countOf(count, 'query', 'queries')} of the application on a clone that isn’t migrated, and on the one that is`,
  });
  const besides: Besides = { request, provided, line, noTransaction: migrated.noTransaction };
  const started = await spareClone(context, run, besides, `clone of ${provided.facts.database} for queries`);
  if (!started.ok) return started;
  await using spare = started.value;
  const sides = (asked: Sided): ComparedSides => ({
    before: sideOf(asked, request.settings, spare.clone.admin),
    after: sideOf(asked, request.settings, migrated.clone.admin),
  });
  const old = await compareQueries(context, 'old-on-new', today.queries, sides(compatibility.queries), compatibility.queries.ignore);
  if (!old.ok) return old;
  const { newQueries } = compatibility;
  const fresh =
    next === undefined || newQueries === undefined
      ? undefined
      : await compareQueries(context, 'new-on-old', next.queries, sides(newQueries), newQueries.ignore);
  if (fresh !== undefined && !fresh.ok) return fresh;
  const plans = await plansOf(context, compatibility.plans, old.value, sides(compatibility.queries));
  if (!plans.ok) return plans;
  // Last, since it migrates the clone on which the others had to be tried.
  const blamed = await blameMigrations(context, besides, spare, sides(compatibility.queries).before, old.value.compared);
  if (!blamed.ok) return blamed;
  return ok({
    old: { ...old.value, compared: blamed.value },
    ...(fresh === undefined ? {} : { fresh: fresh.value }),
    ...(plans.value === undefined ? {} : { plans: plans.value }),
  });
}

type Sided = Pick<Settings['compatibility']['queries'], 'role' | 'searchPath' | 'settings'>;

function sideOf(
  { role, searchPath, settings }: Sided,
  { traffic, compatibility }: Pick<Settings, 'traffic' | 'compatibility'>,
  admin: QuerySide['admin'],
): QuerySide {
  const otherwise = compatibility.role ?? traffic.role;
  return {
    admin,
    settings: { ...traffic.settings, ...settings },
    ...(role === undefined ? {} : { role }),
    ...(searchPath === undefined ? {} : { searchPath }),
    ...(otherwise === undefined ? {} : { otherwise }),
  };
}

async function plansOf(
  context: Context,
  { policy, ...limits }: PlanSettings,
  { compared }: Tried,
  { before, after }: ComparedSides,
): Promise<Result<PlansInput | undefined>> {
  if (policy === 'off') return ok(undefined);
  const queries = compared.flatMap(({ query, known, other, ignored }) =>
    ignored === undefined && known.kind === 'planned' && other?.kind === 'planned' ? [{ query, before: known.plan, after: other.plan }] : [],
  );
  if (queries.length === 0) return ok(undefined);
  const were = await withSession(context, before.admin, async (session) => ok(await readPlannedTables(session)));
  if (!were.ok) return were;
  const are = await withSession(context, after.admin, async (session) => ok(await readPlannedTables(session)));
  if (!are.ok) return are;
  return ok({ policy, ...limits, tables: { before: were.value, after: are.value }, queries });
}
