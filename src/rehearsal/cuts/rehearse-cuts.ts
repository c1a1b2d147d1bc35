import { judgeCuts } from '../../check/interrupted-migration/judge-cuts.ts';
import { hashTables } from '../../copy/parity/hash-tables.ts';
import { type Failure, FailureError, failure, SqlError } from '../../core/failure.ts';
import type { Cut, CutPoint } from '../../core/interruption.ts';
import type { Context } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import type { Address } from '../../core/server.ts';
import type { CutPlan } from '../../migrate/plan-cuts.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { type Run, report } from '../run.ts';
import { type Besides, type SpareClone, spareClone } from '../spare-clone.ts';
import { type CloneState, compareStates, readState, type StateWanted } from './clone-state.ts';
import { commandDeployer } from './command-deployer.ts';
import type { Deployer } from './deployer.ts';
import { sqlDeployer } from './sql-deployer.ts';
import { type CutReference, tryCut } from './try-cut.ts';
import { readMarksOf, writtenBetween } from './written-tables.ts';

/**
 * Cuts the deploy off at its statement boundaries, each time on a clone of its own, and runs it again: does it go on, is it blocked, or does it pass over what is half made?
 * What it ends with is compared with a run that wasn't cut.
 */
export async function rehearseCuts(context: Context, run: Run, besides: Besides): Promise<void> {
  const { request } = besides;
  const { interruptions, migrate } = request.settings;
  const judge = (told: Omit<Parameters<typeof judgeCuts>[0], 'required'>) => report(context, judgeCuts({ ...told, required: interruptions.required }));
  const nothing = { cuts: [], inTransactions: 0 };
  if (!interruptions.enabled) return judge({ ...nothing, notAsked: 'Switched off (interruptions.enabled).' });
  const noPlace = 'There is no place between statements at which something would be left.';
  const isCommand = migrate.tool === 'command';
  const deployer = isCommand ? commandDeployer(context, besides) : sqlDeployer(context, besides);
  // What a tool sends is known only once it has.
  if (!isCommand && deployer.plan().points.length === 0) return judge({ ...nothing, notAsked: noPlace });
  const startedAt = performance.now();
  const tried = await tryAll(context, run, besides, deployer);
  // An interruption ends the run, and says nothing of any cut.
  if (context.signal.aborted) return;
  if (!tried.ok) return judge({ ...nothing, trouble: tried.failure });
  const { plan } = tried.value;
  if (plan.points.length === 0) return judge({ ...nothing, notAsked: noPlace });
  const cuts = [
    ...tried.value.cuts,
    ...plan.unforeseeable.map((point) => untried(point, 'Where a procedure or block commits by itself is not known beforehand.')),
  ];
  for (const cut of cuts) context.emit({ type: 'cut', cut });
  judge({ cuts, inTransactions: plan.inTransactions, unstable: tried.value.unstable, durationMs: Math.round(performance.now() - startedAt) });
}

interface Tried {
  readonly plan: CutPlan;
  readonly cuts: readonly Cut[];
  /** What differed between two runs that weren't cut, as keys. */
  readonly unstable: readonly string[];
}

async function tryAll(context: Context, run: Run, besides: Besides, deployer: Deployer): Promise<Result<Tried>> {
  const { provided, line, request } = besides;
  const { most, maxSeconds } = request.settings.interruptions;
  return await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(line.pending) }, async () => {
    const endAt = performance.now() + maxSeconds * 1_000;
    try {
      const reference = await makeReference(context, run, besides, deployer);
      const plan = deployer.plan();
      const count = Math.min(plan.points.length, most);
      context.emit({
        type: 'step',
        phase: 'migrate',
        text: `Cutting the deploy off at ${count === 1 ? 'one place' : `${count} places`}, and running it again`,
      });
      const cuts: Cut[] = [];
      for (const [at, point] of plan.points.entries()) {
        context.signal.throwIfAborted();
        const late = performance.now() > endAt;
        if (at >= most || late) {
          cuts.push(untried(point, late ? `The ${maxSeconds} s of interruptions.maxSeconds were over.` : `More than interruptions.most (${most}) boundaries.`));
          continue;
        }
        const cut = await cutOnce(context, run, besides, deployer, point, reference);
        if (cut !== undefined) cuts.push(cut);
      }
      return ok({ plan, cuts, unstable: reference.unstableFound() });
    } catch (error) {
      return fail(expected(error));
    }
  });
}

/** What became of one cut; where it couldn't be tried, why. */
async function cutOnce(context: Context, run: Run, besides: Besides, deployer: Deployer, point: CutPoint, reference: CutReference): Promise<Cut | undefined> {
  try {
    return await onClone(context, run, besides, `clone of ${besides.provided.facts.database}, cut at ${point.id}`, (spare) =>
      tryCut(context, spare, deployer, point, reference),
    );
  } catch (error) {
    if (context.signal.aborted) throw error;
    return untried(point, expected(error).message);
  }
}

/** Errors of servers and clones, as failures; others are bugs and go on. */
function expected(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  if (error instanceof SqlError) return failure('check-failed', error.fields.message, { sql: error.fields });
  throw error;
}

interface Made extends CutReference {
  /** What differed between two runs that weren't cut, as far as that was asked. */
  readonly unstableFound: () => readonly string[];
}

/** Runs the deploy without a cut, and reads what it ends with. Throws SqlError and FailureError. */
async function makeReference(context: Context, run: Run, besides: Besides, deployer: Deployer): Promise<Made> {
  const { line, request, provided } = besides;
  const { ledger } = request.settings.migrate;
  const ledgerName = line.ledger === undefined ? undefined : `${line.ledger.schema}.${line.ledger.name}`;
  const label = `clone of ${provided.facts.database}, not cut`;
  const whole = await onClone(context, run, besides, label, async (spare) => {
    const before = await readMarksOf(context, spare.clone.admin);
    // Rows of tables that turn out not to be written are of no interest: what is written is known only afterwards.
    const failed = await deployer.whole(spare);
    if (failed !== undefined) throw new FailureError(failed);
    const after = await readMarksOf(context, spare.clone.admin);
    const wanted: StateWanted = { written: writtenBetween(before, after), ledger, ledgerName };
    return { wanted, end: await readState(context, spare.clone.admin, wanted) };
  });
  const { wanted, end } = whole;
  const begun = new Map<string, Promise<CloneState>>();
  const beginning = (migration: string, admin: Address) => {
    const state = begun.get(migration) ?? readState(context, admin, wanted);
    begun.set(migration, state);
    return state;
  };
  const unwritten = (names: StateWanted['written']) =>
    onClone(context, run, besides, `clone of ${provided.facts.database}, as it was`, (spare) => {
      const isWanted = (name: string) => name !== ledgerName && (names === undefined || names.has(name)) && wanted.written?.has(name) !== true;
      return hashTables(context, spare.clone.admin, { wanted: ({ schema, table }) => isWanted(`${schema}.${table}`) });
    });
  let usual: ReadonlySet<string> | undefined;
  const unstable = async () => {
    usual ??= await onClone(context, run, besides, `${label} either`, async (spare) => {
      const failed = await spare.migrate(spare.migrator.address);
      if (failed !== undefined) throw new FailureError(failed);
      return new Set(compareStates(await readState(context, spare.clone.admin, wanted), end).map(({ key }) => key));
    });
    return usual;
  };
  return { end, wanted, beginning, unwritten, unstable, unstableFound: () => [...(usual ?? [])] };
}

/** Throws FailureError where no clone is to be had. */
async function onClone<T>(context: Context, run: Run, besides: Besides, label: string, use: (spare: SpareClone) => Promise<T>): Promise<T> {
  const started = await spareClone(context, run, besides, label);
  if (!started.ok) throw new FailureError(started.failure);
  await using spare = started.value;
  return await use(spare);
}

function untried(point: CutPoint, why: string): Cut {
  return { ...point, outcome: 'not-tried', stayed: [], differences: [], couldDiffer: false, why, advice: '', durationMs: 0 };
}
