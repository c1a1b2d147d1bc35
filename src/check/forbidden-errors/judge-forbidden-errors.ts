import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Place, SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { causeOfSqlstate, usuallyForbidden } from '../../core/forbidden-error.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { conclude } from '../conclude.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { forbiddenErrors as about } from './about.ts';
import { caughtInside } from './caught-inside.ts';

/** One statement of the migrations, and the error that it met. */
export interface ObservedStatement {
  readonly text: string;
  readonly migration?: string | undefined;
  readonly place?: Place | undefined;
  readonly error?: SqlErrorFields | undefined;
}

/** Who saw the statements. `nobody`: the team's own tool ran, and the flight recorder was off. */
export type Observer = 'recorder' | 'runner' | 'nobody';

export interface ForbiddenErrorsInput {
  /** As configured (migrate.forbiddenErrors). */
  readonly forbidden: readonly string[] | undefined;
  readonly observer: Observer;
  readonly statements: readonly ObservedStatement[];
  /** True: the migrations failed as a whole, so that what came after is not known. */
  readonly failed: boolean;
}

/**
 * Judges whether a statement met an error that must not happen; also one after which the tool went on. A pure function.
 *
 * An error that SQL itself catches (`exception when …` in PL/pgSQL) never leaves the server, so nobody outside can see it: a block that catches what the team
 * forbids by name is a doubt, and a warning where the list is nobody's own.
 *
 * @example judgeForbiddenErrors({ forbidden: ['42P07'], observer: 'recorder', statements: recording.statements, failed: false })
 */
export function judgeForbiddenErrors({ forbidden, observer, statements, failed }: ForbiddenErrorsInput): CheckOutcome {
  const startedAt = performance.now();
  const list = forbidden ?? usuallyForbidden;
  const gate = { gate: 'forbidden-errors', phase: about.phase, startedAt } as const;
  if (list.length === 0) {
    const summary = 'No SQLSTATE is forbidden (migrate.forbiddenErrors).';
    return conclude({ ...gate, required: false, notApplicable: true, couldFail: false, proof: 'nothing was asked', summary, findings: [] });
  }
  if (observer === 'nobody') {
    return conclude({
      ...{ ...gate, required: forbidden !== undefined, couldFail: false, findings: [] },
      proof: 'the flight recorder was off (record.enabled), and the tool may pass over errors without a word',
      summary: 'Nobody saw what the statements of the migration tool met.',
    });
  }
  const met = statements.flatMap((statement) =>
    statement.error !== undefined && list.includes(statement.error.sqlstate) ? [{ statement, error: statement.error }] : [],
  );
  const findings = unique(
    met.map(({ statement, error }) => findingOf(statement, error, failed && statement === statements.findLast(({ error: last }) => last !== undefined))),
  );
  const silent = findings.length === 0 ? catching(statements, list, forbidden !== undefined) : [];
  const [first] = findings;
  return conclude({
    ...gate,
    required: true,
    couldFail: statements.length > 0,
    proof: `${showCount(statements.length, 'statement')} observed by ${observer === 'recorder' ? 'the flight recorder' : 'the runner'}, each with the error that it met`,
    summary:
      first === undefined
        ? statements.length === 0
          ? 'No statement was observed.'
          : `None of ${list.join(', ')} was met.`
        : `${first.title}${findings.length === 1 ? '' : `, and ${showCount(findings.length - 1, 'more')}`}.`,
    findings: [...findings, ...silent],
  });
}

function findingOf({ text, migration, place }: ObservedStatement, error: SqlErrorFields, ended: boolean): Finding {
  const object = migration === undefined ? { kind: 'statement', name: firstWords(text) } : { kind: 'migration', name: migration };
  const where = migration === undefined ? 'A statement' : `A statement of ${migration}`;
  return {
    id: findingId(about.check, object, error.sqlstate),
    check: about.check,
    phase: about.phase,
    severity: 'blocker',
    rootCause: causeOfSqlstate(error.sqlstate) ?? 'sql-error',
    object,
    title: `${where} met ${error.sqlstate}: ${error.message}`,
    detail: `${ended ? 'The migrations ended there.' : 'The migration tool went on after it, as if nothing had happened.'} The statement: ${showStatement({ text })}`,
    cure: about.cure,
    sql: { ...error, statement: error.statement ?? text },
    ...(migration === undefined ? {} : { migration }),
    ...(place === undefined ? {} : { place }),
  };
}

function catching(statements: readonly ObservedStatement[], forbidden: readonly string[], byTheTeam: boolean): readonly Finding[] {
  const may = statements.filter(({ text, error }) => error === undefined && caughtInside(text, forbidden));
  // A function that is only made has caught nothing yet.
  const found = may.some(({ text }) => isRunAtOnce(text)) ? may.filter(({ text }) => isRunAtOnce(text)) : may;
  const [first] = found;
  if (first === undefined) return [];
  const object = first.migration === undefined ? { kind: 'statement', name: firstWords(first.text) } : { kind: 'migration', name: first.migration };
  return [
    {
      id: findingId(about.check, object, 'caught-inside'),
      check: about.check,
      phase: about.phase,
      severity: isRunAtOnce(first.text) ? (byTheTeam ? 'doubt' : 'warning') : 'note',
      rootCause: 'sql-error',
      object,
      title: `${showCount(found.length, 'statement')} may catch forbidden errors inside the server, where nobody sees them`,
      detail: `An EXCEPTION block of PL/pgSQL keeps an error to itself. The schema gate says what became of it. The first one: ${showStatement(first)}`,
      cure: 'Write IF NOT EXISTS, or a condition that asks for what is there, in place of catching the error; or take the SQLSTATE out of migrate.forbiddenErrors.',
      ...(first.migration === undefined ? {} : { migration: first.migration }),
      ...(first.place === undefined ? {} : { place: first.place }),
    },
  ];
}

function isRunAtOnce(text: string): boolean {
  return significantTokens(text, 1)[0]?.keyword === 'DO';
}

function firstWords(text: string): string {
  return text.trim().split(/\s+/).slice(0, 3).join(' ');
}

/** A statement that is tried again and again says the same each time. */
function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [finding.id, finding])).values()];
}
