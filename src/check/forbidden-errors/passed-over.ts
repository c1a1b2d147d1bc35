import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Finding } from '../../core/finding.ts';
import { findingId } from '../../core/finding.ts';
import { usuallyForbidden } from '../../core/forbidden-error.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';
import { showStatement } from '../recording/show-statement.ts';
import { showCount } from '../show-count.ts';
import { forbiddenErrors as about } from './about.ts';
import type { ForbiddenErrorsInput, ObservedStatement } from './judge-forbidden-errors.ts';

/** What says that something isn't there: tools ask so whether their own table is. */
const notThere: ReadonlySet<string> = new Set(['3F000', '42P01', '42704', '42883', '42703']);
const asks: ReadonlySet<string> = new Set(['SELECT', 'SHOW', 'TABLE', 'VALUES', 'WITH']);
/** Every further statement of a transaction that has failed says this: the first error is the one to tell. */
const transactionFailed = '25P02';

/**
 * Adds what a tool that ended well went on after: a statement failed, with an error that nobody has forbidden, so that what it was for is missing. psql without
 * ON_ERROR_STOP does so, and ends with 0. Such errors fail the gate, as they would have ended a tool that minds them, unless the team says itself what is forbidden
 * (migrate.forbiddenErrors): then the others are meant to be passed over. What was tried again and worked isn't told, and neither is a question whether something is there. A pure function.
 *
 * @param outcome of judgeForbiddenErrors() for the same input
 */
export function judgePassedOver(outcome: CheckOutcome, { forbidden, statements, failed }: ForbiddenErrorsInput): CheckOutcome {
  if (failed || forbidden !== undefined) return outcome;
  const over = statements.filter((statement, at) => isPassedOver(statement) && !statements.slice(at + 1).some((later) => isSame(later, statement)));
  const [first] = over;
  if (first?.error === undefined) return outcome;
  const finding = findingOf(first, over.length);
  const { gate, findings } = outcome;
  return {
    gate: {
      ...{ ...gate, outcome: 'failed', couldFail: true, findingIds: [...gate.findingIds, finding.id] },
      summary: gate.outcome === 'failed' ? gate.summary : `${finding.title}.`,
    },
    findings: [...findings, finding],
  };
}

function isPassedOver({ text, error }: ObservedStatement): boolean {
  if (error === undefined || error.sqlstate === transactionFailed || (usuallyForbidden as readonly string[]).includes(error.sqlstate)) return false;
  return !(notThere.has(error.sqlstate) && asks.has(significantTokens(text, 1)[0]?.keyword ?? ''));
}

function isSame(later: ObservedStatement, { text }: ObservedStatement): boolean {
  return later.error === undefined && later.text === text;
}

function findingOf(first: ObservedStatement, count: number): Finding {
  const { migration, place, text, error } = first;
  const object = { kind: 'migration', name: migration ?? 'all' };
  const who = migration === undefined ? 'The migration tool' : `Whatever ran ${migration}`;
  return {
    id: findingId(about.check, object, 'passed-over'),
    check: about.check,
    phase: about.phase,
    severity: 'blocker',
    rootCause: 'sql-error',
    object,
    title: `${who} went on after an error, and ended well: ${error?.sqlstate} ${error?.message}`,
    detail: `What the statement was for hasn’t happened, and the next one ran. ${count === 1 ? 'It was' : `The first of ${showCount(count, 'statement')}:`} ${showStatement({ text })}`,
    cure: 'Have the tool stop at the first error: psql -v ON_ERROR_STOP=1. Where errors are meant to be passed over, say in migrate.forbiddenErrors which ones are not.',
    ...(error === undefined ? {} : { sql: { ...error, statement: error.statement ?? text } }),
    ...(migration === undefined ? {} : { migration }),
    ...(place === undefined ? {} : { place }),
  };
}
