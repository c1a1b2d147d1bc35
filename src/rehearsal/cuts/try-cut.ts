import type { SqlErrorFields } from '../../core/failure.ts';
import type { Cut, CutPoint } from '../../core/interruption.ts';
import type { Context } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { withoutUndefined } from '../../core/without-undefined.ts';
import { explainExisting } from '../../migrate/existing/explain-existing.ts';
import type { SpareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import { type CloneState, compareStates, newlyInvalid, readState, type StateDifference, type StateWanted } from './clone-state.ts';
import type { Deployer } from './deployer.ts';
import type { StatementAt } from './run-again.ts';
import { readMarksOf, type TableMark, writtenBetween } from './written-tables.ts';

/** What a cut is compared with. */
export interface CutReference {
  /** After a run that wasn't cut. */
  readonly end: CloneState;
  readonly wanted: StateWanted;
  /** When a migration was about to begin: all clones are alike then, so that the first that comes there is looked at. */
  readonly beginning: (migration: string, admin: Address) => Promise<CloneState>;
  /** Rows of tables that it did not write, which so are those of a clone on which nothing ran. */
  readonly unwritten: (names: StateWanted['written']) => Promise<CloneState['rows']>;
  /** What differs between two runs that weren't cut: times, random values. Found out when it is needed. */
  readonly unstable: () => Promise<ReadonlySet<string>>;
}

/** A clone that is cut, and how its tables were before anything ran. */
interface CutClone {
  readonly admin: Address;
  readonly before: readonly TableMark[] | undefined;
}

const mostTold = 12;
/** So many statements are left out one after the other, to see whether the rest then goes through. */
const mostSkipped = 10;

/**
 * Cuts a deploy off at one point, looks, runs it again, and looks again. Undefined where there is no such point after all: a statement that finds nothing to do has no middle.
 * Throws SqlError and FailureError.
 */
export async function tryCut(context: Context, spare: SpareClone, deployer: Deployer, point: CutPoint, reference: CutReference): Promise<Cut | undefined> {
  const startedAt = performance.now();
  const { admin } = spare.clone;
  const finish = (rest: Omit<Cut, keyof CutPoint | 'durationMs'>): Cut => ({ ...point, ...rest, durationMs: Math.round(performance.now() - startedAt) });
  const clone: CutClone = { admin, before: await readMarksOf(context, admin) };
  // A migration that is done leaves all that it does, and its rows are looked at in the end.
  const isDone = point.kind === 'between-migrations';
  let beginning: CloneState | undefined;
  const deploy = await deployer.untilCut(spare, point, async () => {
    if (!isDone) beginning = await reference.beginning(point.migration, admin);
  });
  if (deploy.kind === 'no-middle') return undefined;
  if (deploy.kind === 'failed')
    return finish({ outcome: 'not-tried', stayed: [], differences: [], couldDiffer: false, why: deploy.failure.message, advice: '' });

  const afterCut = await readState(context, admin, isDone ? { ...reference.wanted, written: new Set() } : reference.wanted);
  const stayed =
    beginning === undefined ? ['all that the migration does'] : told([...compareStates(afterCut, beginning), ...newlyInvalid(afterCut, beginning)]);
  const couldDiffer = compareStates(afterCut, reference.end).length > 0;
  const again = await deployer.again(spare, deploy.done, []);
  if (again.failure === undefined) {
    const differences = await differencesAtEnd(context, clone, reference);
    const rowsDiffer = differences.some(({ rows }) => rows) ? true : undefined;
    return finish({
      outcome: differences.length === 0 ? 'continues' : 'silently-skips',
      stayed,
      differences: told(differences),
      couldDiffer,
      ...withoutUndefined({ rowsDiffer }),
      advice: differences.length === 0 ? 'Run the deploy again.' : silentAdvice(differences),
    });
  }
  const { failure, failedAt } = again;
  const error: SqlErrorFields = failedAt?.error ?? failure.sql ?? { sqlstate: '', message: failure.message };
  const met = failedAt === undefined ? undefined : await describeMet(context, spare, failedAt.text, error);
  const first = failedAt === undefined ? undefined : { migration: failedAt.migration, statement: failedAt.index };
  const skipping = first === undefined || !deployer.maySkip ? undefined : await trySkipping(context, spare, clone, deployer, deploy.done, first, reference);
  return finish({
    outcome: 'blocked',
    stayed,
    differences: [],
    couldDiffer: true,
    error,
    ...withoutUndefined({ errorPlace: failedAt?.place, met }),
    advice: skipping ?? 'Look at what is named, and undo what the first run left before running it again.',
  });
}

/** What the statement that was blocked met, and whether it is what the statement would make. */
async function describeMet(context: Context, spare: SpareClone, text: string, error: SqlErrorFields): Promise<string | undefined> {
  const told = await withSession(context, spare.clone.admin, (admin) =>
    explainExisting(admin, { migrator: spare.migrator.role, preceding: [], statement: text, error }),
  );
  return told.ok ? told.value?.sentence : undefined;
}

/** Leaves out the statement that was blocked, and what is blocked after it, and looks whether the end is the right one then. */
async function trySkipping(
  context: Context,
  spare: SpareClone,
  clone: CutClone,
  deployer: Deployer,
  done: ReadonlySet<string>,
  first: StatementAt,
  reference: CutReference,
): Promise<string> {
  const skipped: StatementAt[] = [first];
  for (;;) {
    const { failure, failedAt } = await deployer.again(spare, done, skipped);
    const next = failedAt === undefined ? undefined : { migration: failedAt.migration, statement: failedAt.index };
    const again = next !== undefined && skipped.some((one) => one.migration === next.migration && one.statement === next.statement);
    if (failure === undefined) break;
    if (next === undefined || again || skipped.length >= mostSkipped)
      return `Skipping ${named(skipped)} doesn’t help: then it ends with ${failure.sql?.message ?? failure.message}`;
    skipped.push(next);
  }
  const differences = await differencesAtEnd(context, clone, reference);
  if (differences.length === 0) return `Skip ${named(skipped)} and run the rest: tried here, schema and rows are then those of a run that wasn’t cut.`;
  return `Skipping ${named(skipped)} is not safe: the rest then goes through, but ${told(differences).slice(0, 3).join('; ')}. ${invalidAdvice(differences)}`.trim();
}

function named(skipped: readonly StatementAt[]): string {
  const byMigration = Object.entries(Object.groupBy(skipped, ({ migration }) => migration));
  return byMigration
    .map(([migration, some = []]) => {
      const numbers = some.map(({ statement }) => statement).sort((a, b) => a - b);
      return `${numbers.length === 1 ? 'statement' : 'statements'} ${numbers.join(', ')} of ${migration}`;
    })
    .join(' and ');
}

/** What is another than after a run that wasn't cut. A second run may write to tables that the deploy leaves alone: what it met was made by the first one. */
async function differencesAtEnd(context: Context, { admin, before }: CutClone, reference: CutReference): Promise<readonly StateDifference[]> {
  const { wanted, end } = reference;
  const written = writtenBetween(before, await readMarksOf(context, admin));
  const known = wanted.written;
  const more = known === undefined ? new Set<string>() : written && new Set([...written].filter((name) => !known.has(name)));
  const is = await readState(context, admin, { ...wanted, written: more && known && new Set([...known, ...more]) });
  const was = more?.size === 0 ? end : { ...end, rows: [...end.rows, ...(await reference.unwritten(more))] };
  return await unexplained(compareStates(is, was), reference);
}

/** Times and random values differ between any two runs: what differs between two that weren't cut says nothing of the cut. */
async function unexplained(differences: readonly StateDifference[], { unstable }: CutReference): Promise<readonly StateDifference[]> {
  if (differences.length === 0) return [];
  const usual = await unstable();
  return differences.filter(({ key }) => !usual.has(key));
}

function silentAdvice(differences: readonly StateDifference[]): string {
  const invalid = invalidAdvice(differences);
  if (invalid !== '') return invalid;
  return differences.some(({ rows }) => rows)
    ? 'Don’t run it again: restore, or undo what the first run did to the rows.'
    : 'Don’t rely on a second run: undo what the first one left before it.';
}

function invalidAdvice(differences: readonly StateDifference[]): string {
  const names = differences.flatMap(({ invalidIndex }) => (invalidIndex === undefined ? [] : [invalidIndex]));
  return names.length === 0 ? '' : `Before running it again: ${names.map((name) => `drop index concurrently ${name}`).join('; ')}.`;
}

function told(differences: readonly StateDifference[]): readonly string[] {
  const texts = differences.map(({ text }) => text);
  return texts.length <= mostTold ? texts : [...texts.slice(0, mostTold), `and ${texts.length - mostTold} more`];
}
