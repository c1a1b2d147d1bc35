import type { Advice } from '../../../core/explained-comparison.ts';
import type { SchemaDifference } from '../../../core/schema-difference.ts';
import { scan } from '../../../sql/scan.ts';
import type { ObjectSet } from '../../compare/schema-object.ts';
import { adviseDifference } from './advise-difference.ts';
import { type Advised, makeChange, type Step } from './change.ts';
import { stages } from './stages.ts';

export interface SchemaAdvice {
  readonly each: ReadonlyMap<SchemaDifference, Advice>;
  /** All statements in an order in which they can run. */
  readonly steps: readonly Step[];
  /** The same as a script: one transaction, but for new labels of enums. */
  readonly script: string;
  /** Differences for which no statement is known. */
  readonly without: number;
}

const order = new Map(stages.map((stage, at) => [stage, at]));

/**
 * SQL that would make one side like the other. It is advice for a person, and nothing here runs it. Nothing is dropped with CASCADE, and what would lose rows
 * or values says so in front of the statement.
 *
 * @param side the side that the statements would change
 * @param major of that side's server
 */
export function adviseSchema(
  differences: readonly SchemaDifference[],
  objects: { readonly left: ObjectSet; readonly right: ObjectSet },
  side: 'left' | 'right',
  major: number,
): SchemaAdvice {
  const found = differences.map((difference) => [difference, adviseDifference(makeChange(difference, side, objects, major))] as const);
  const told = found.filter(([difference]) => difference.class !== 'deparse-only');
  const each = new Map(found.map(([difference, advice]) => [difference, difference.class === 'deparse-only' ? nothing : adviceOf(advice)]));
  const steps = inOrder(dropsFirst(told).map(([, advice]) => advice.steps));
  return {
    each,
    steps,
    script: scriptOf(steps),
    without: told.filter(([, advice]) => advice.steps.length === 0).length,
  };
}

const nothing: Advice = { statements: [], notes: ['Nothing is to be done: it means the same.'] };

function adviceOf({ steps, notes }: Advised): Advice {
  const loses = [...new Set(steps.flatMap((step) => (step.loses === undefined ? [] : [step.loses])))].join(', ');
  return { statements: inOrder([steps]).map(({ sql }) => sql), ...(loses !== '' && { loses }), notes };
}

/** Where a function becomes a procedure, or a table a view, the name must be free before it is taken. */
function dropsFirst(found: readonly (readonly [SchemaDifference, Advised])[]): readonly (readonly [SchemaDifference, Advised])[] {
  const [lefts, rights] = [namesOf(found, 'only-left'), namesOf(found, 'only-right')];
  return found.map(([difference, advice]) => {
    const name = baseName(difference);
    if (difference.how === 'changed' || !lefts.has(name) || !rights.has(name)) return [difference, advice] as const;
    const steps = advice.steps.map((step) => (step.sql.startsWith('DROP ') ? { ...step, stage: 'drop keys' as const } : step));
    return [difference, { ...advice, steps }] as const;
  });
}

function namesOf(found: readonly (readonly [SchemaDifference, Advised])[], how: SchemaDifference['how']): ReadonlySet<string> {
  return new Set(found.flatMap(([difference]) => (difference.how === how ? [baseName(difference)] : [])));
}

/** Without arguments. */
function baseName({ object }: SchemaDifference): string {
  return object.name.replace(/\(.*$/s, '');
}

/**
 * By stage; within one, in the order of the differences, but for what names something that a later statement makes.
 *
 * @param advice the steps of each difference: those of one stage stay together
 */
function inOrder(advice: readonly (readonly Step[])[]): readonly Step[] {
  const seen = new Set<string>();
  const units = new Map<Step['stage'], (readonly Step[])[]>();
  for (const steps of advice) {
    // A role is taken on and laid down again around each of its statements.
    const fresh = steps.filter(({ sql }) => /^(SET|RESET) ROLE\b/.test(sql) || !seen.has(sql));
    for (const { sql } of fresh) seen.add(sql);
    for (const [stage, some] of Map.groupBy(fresh, (step) => step.stage)) units.set(stage, [...(units.get(stage) ?? []), some]);
  }
  return [...units]
    .toSorted(([a], [b]) => (order.get(a) ?? 0) - (order.get(b) ?? 0))
    .flatMap(([stage, some]) => (sortable.has(stage) ? makersFirst(some.flatMap(apart)) : some).flat());
}

const sortable = new Set<Step['stage']>(['tables', 'views', 'types', 'functions', 'late functions']);

/** What only makes things is cut into its statements; what drops or renames one to make another stays in one piece. */
function apart(unit: readonly Step[]): readonly (readonly Step[])[] {
  return unit.every(({ sql }) => sql.startsWith('CREATE ')) ? unit.map((step) => [step]) : [unit];
}

/** What a statement makes, by its qualified name as it stands in the text. */
function makes({ sql }: Step): readonly string[] {
  const found =
    /^CREATE (?:OR REPLACE |UNLOGGED |FOREIGN |MATERIALIZED |RECURSIVE )*(?:TABLE|VIEW|TYPE|DOMAIN|FUNCTION|PROCEDURE|COLLATION|SEQUENCE) ((?:"(?:[^"]|"")*"|[^\s."(]+)(?:\.(?:"(?:[^"]|"")*"|[^\s."(]+))?)/.exec(
      sql,
    );
  return found?.[1] === undefined ? [] : [found[1]];
}

function makersFirst(units: readonly (readonly Step[])[]): readonly (readonly Step[])[] {
  const makers = new Map(units.flatMap((unit) => unit.flatMap(makes).map((name) => [name, unit] as const)));
  const sorted = new Set<readonly Step[]>();
  const open = new Set<readonly Step[]>();
  const visit = (unit: readonly Step[]): void => {
    if (open.has(unit)) return;
    open.add(unit);
    for (const name of unit.flatMap(({ sql }) => [...names(sql)])) {
      const maker = makers.get(name);
      if (maker !== undefined) visit(maker);
    }
    sorted.add(unit);
  };
  for (const unit of units) visit(unit);
  return [...sorted];
}

/** Every `a.b` of a text. */
function names(sql: string): ReadonlySet<string> {
  const found = new Set<string>();
  const tokens = [...scan(sql)];
  for (let at = 0; at + 2 < tokens.length; at++) {
    const [a, dot, b] = [tokens[at], tokens[at + 1], tokens[at + 2]];
    if (a !== undefined && b !== undefined && dot !== undefined && sql.slice(dot.start, dot.end) === '.') found.add(sql.slice(a.start, b.end));
  }
  return found;
}

function scriptOf(steps: readonly Step[]): string {
  if (steps.length === 0) return '';
  const lines = (some: readonly Step[]) =>
    some.flatMap(({ sql, loses }) => [...(loses === undefined ? [] : [`-- This loses ${loses.replace(/\s+/g, ' ')}.`]), `${sql};`]);
  const [before, inside] = [steps.filter(({ stage }) => stage === 'labels'), steps.filter(({ stage }) => stage !== 'labels')];
  return [
    '-- Advice, made from a comparison and never run: read it before you use any of it.',
    ...lines(before),
    ...(inside.length === 0 ? [] : ['BEGIN;', "SET LOCAL search_path = '';", 'SET LOCAL check_function_bodies = off;', ...lines(inside), 'COMMIT;']),
    '',
  ].join('\n');
}
