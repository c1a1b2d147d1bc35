import { type Finding, findingId } from '../../core/finding.ts';
import type { Migration } from '../../core/migration.ts';
import { showCount } from '../show-count.ts';
import { rowBounds } from './about.ts';
import { shareOfNothing } from './broken-bounds.ts';
import { type EvaluatedBound, rangeOfRows } from './evaluate-bounds.ts';
import type { TableVolume } from './read-row-volumes.ts';
import { isWithin, originOfRange, showRange, wereExpected } from './show-range.ts';
import { isOfMigration, type RowsChanged, type RowsFollowed, severalAtOnce, type WatchedStatement } from './watched-statement.ts';

const kinds = ['inserted', 'updated', 'deleted'] as const;
/** Their rows may have been rolled back inside of them, and are counted all the same. */
const mayRollBack = /^(DO|CALL|SELECT)$/;

interface ScopedInput {
  readonly bound: EvaluatedBound;
  readonly table: Pick<TableVolume, 'schema' | 'table'>;
  readonly written: RowsChanged;
  /** Those that the table had before migrating. */
  readonly rowsBefore: number | undefined;
  /** False: more may come, so that too few rows aren't told yet. */
  readonly whole: boolean;
  /** The statement at which it was seen; its migration is the bound's where that names one. */
  readonly statement: WatchedStatement | undefined;
}

/** The first of a bound's kinds of change that doesn't hold. Found while migrating, and the run ends there. */
export function scopedFinding({ bound, table, written, rowsBefore, whole, statement }: ScopedInput): Finding | undefined {
  const name = `${table.schema}.${table.table}`;
  for (const kind of kinds) {
    const declared = bound.ranges[kind];
    if (declared === undefined) continue;
    const range = rangeOfRows(declared, rowsBefore);
    if (range === undefined) return shareOfNothing(name, kind);
    const actual = written[kind];
    if (isWithin(actual, range) || (!whole && actual < range.min)) continue;
    const who = subjectOf(bound, statement);
    const object = { kind: 'table', name };
    const detail = [
      ...originOfRange(range),
      ...(statement === undefined || statement.text === ''
        ? []
        : [`${statement.index === severalAtOnce ? 'The last statement sent' : `Statement ${statement.index}`} of ${statement.migration}: ${statement.text}`]),
      ...(statement?.tag !== undefined && mayRollBack.test(statement.tag) ? ['The number may hold rows that were rolled back inside of the statement.'] : []),
    ];
    return {
      id: findingId(rowBounds.check, object, [kind, ...scopeWords(bound, statement)].join(':')),
      check: rowBounds.check,
      phase: rowBounds.phase,
      severity: 'blocker',
      rootCause: 'data-volume',
      object,
      title: `${who} ${kind} ${showCount(actual, 'row')} of ${name}; ${showRange(range)} ${wereExpected(range)}`,
      ...(detail.length === 0 ? {} : { detail: detail.join('\n') }),
      expected: `${showRange(range)} ${range.max === 1 && range.min === 1 ? 'row' : 'rows'} ${kind}`,
      actual: `${showCount(actual, 'row')} ${kind}`,
      ...(statement === undefined ? {} : { migration: statement.migration, place: statement.place }),
      cure: rowBounds.cure,
    };
  }
  return undefined;
}

function subjectOf({ migration, statement }: EvaluatedBound, seen: WatchedStatement | undefined): string {
  if (migration === undefined) return 'The migrations';
  const named = seen?.migration ?? migration;
  return statement === undefined ? named : `${named}, statement ${statement},`;
}

function scopeWords({ migration, statement }: EvaluatedBound, seen: WatchedStatement | undefined): readonly string[] {
  if (migration === undefined) return [];
  return [seen?.migration ?? migration, ...(statement === undefined ? [] : [`${statement}`])];
}

/** What is known of the migrations by the end of a run. */
export interface WatchedMigrations {
  /** All of the repo's. */
  readonly known: readonly Pick<Migration, 'revision' | 'file'>[];
  /** Those that were to be applied. */
  readonly pending: readonly Pick<Migration, 'revision' | 'file'>[];
  /** Undefined where nobody followed what each statement wrote. */
  readonly watch: RowsFollowed | undefined;
}

/** What a bound on one migration comes to when all have run. `covered`: what it says of the table's changes, for those who look for undeclared ones. */
export interface ScopedOutcome {
  readonly findings: readonly Finding[];
  readonly covered: RowsChanged | undefined;
  /** False: its migration isn't pending, so that nothing was asked. */
  readonly asked: boolean;
}

/** Judges a bound on one migration, or on one statement of it, when all have run. */
export function judgeScoped(
  bound: EvaluatedBound,
  table: TableVolume,
  rowsBefore: number | undefined,
  { known, pending, watch }: WatchedMigrations,
): ScopedOutcome {
  const named = (one: Pick<Migration, 'revision' | 'file'>) => isOfMigration(bound, { migration: one.revision, place: { file: one.file } });
  const migration = pending.find(named);
  if (migration === undefined) {
    const findings = known.some(named)
      ? []
      : [unanswered(bound, table, 'the repo has no such migration', 'Correct the name: a revision, or the name of its file.')];
    return { findings, covered: undefined, asked: findings.length > 0 };
  }
  const written = watch?.writtenBy(bound, migration.file, migration.revision, table.oid);
  const unsure = watch === undefined ? 'nobody followed what each statement wrote' : watch.unsure;
  if (written === undefined || unsure !== undefined) {
    const why = unsure ?? (bound.statement === undefined ? 'none of its statements was recognised' : 'this statement was not seen');
    const cure = 'Declare the bound for all migrations together, without migration and statement; or let the flight recorder run (record.enabled).';
    return { findings: [unanswered(bound, table, why, cure)], covered: undefined, asked: true };
  }
  const seen: WatchedStatement = { migration: migration.revision, index: bound.statement ?? 1, place: { file: migration.file }, text: '', tag: undefined };
  const finding = scopedFinding({ bound, table, written, rowsBefore, whole: true, statement: seen });
  return { findings: finding === undefined ? [] : [finding], covered: written, asked: true };
}

function unanswered({ migration = '', statement }: EvaluatedBound, { schema, table }: TableVolume, why: string, cure: string): Finding {
  const object = { kind: 'table', name: `${schema}.${table}` };
  const scope = [migration, ...(statement === undefined ? [] : [`${statement}`])];
  return {
    id: findingId(rowBounds.check, object, ['unknown', ...scope].join(':')),
    check: rowBounds.check,
    phase: rowBounds.phase,
    severity: 'doubt',
    rootCause: 'data-volume',
    object,
    title: `What ${scope.join(', statement ')} wrote to ${object.name} is not known: ${why}`,
    cure,
  };
}
