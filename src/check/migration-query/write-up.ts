import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Place } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';
import { conclude } from '../conclude.ts';
import type { Answer } from '../invariant/ask-probe.ts';
import { showExpectation, showSeen } from '../invariant/expectation.ts';
import { beforeCheck, verifyQuery } from './about.ts';
import type { MigrationQuery } from './query-probe.ts';

/** A query around a migration, answered. */
export interface AskedQuery {
  readonly when: 'before' | 'verify';
  readonly revision: string;
  readonly query: MigrationQuery;
  readonly answer: Answer;
  /** Where the migration stands. */
  readonly place?: Place;
  /** Set where it wasn't asked beside its own migration: a clause. */
  readonly moment?: string;
  /** As performance.now() said. */
  readonly startedAt: number;
}

/** Its gate, `before:<revision>:<name>` or `verify:<revision>:<name>`, and its finding where it doesn't hold or proves nothing. */
export function writeUpQuery({ when, revision, query, answer, place, moment, startedAt }: AskedQuery): CheckOutcome {
  const about = when === 'before' ? beforeCheck : verifyQuery;
  const { name, required, expect } = query;
  const word = when === 'before' ? 'Before-check' : 'Verify query';
  const expected = showExpectation(expect);
  const gate = { gate: `${when}:${revision}:${name}`, phase: 'migrate' as const, required, startedAt };
  const asked = moment === undefined ? '' : ` (${moment})`;
  if (answer.kind === 'holds') {
    const { what, seen } = answer.proof;
    const proof = `${what}${what.startsWith('asked') ? '' : ' in a rolled-back transaction'}: ${seen} instead of ${expected}`;
    return conclude({ ...gate, couldFail: true, proof, summary: `Gives ${expected}${asked}.`, findings: [] });
  }
  const object = { kind: 'migration', name: revision };
  const common = {
    ...{ id: findingId(about.check, object, name), check: about.check, phase: 'migrate' as const, rootCause: 'invariant' as const },
    ...{ object, migration: revision, expected, showSql: showSql(query) },
    ...(query.about === undefined ? {} : { detail: query.about }),
    ...(place === undefined ? {} : { place }),
  };
  if (answer.kind === 'doubt') {
    const finding: Finding = {
      ...common,
      severity: 'doubt',
      title: `${word} ${name} of ${revision} proves nothing: ${answer.reason}`,
      ...(answer.sql === undefined ? {} : { sql: answer.sql }),
      ...(answer.because === undefined ? {} : { because: answer.because }),
      cure: answer.cure,
    };
    return conclude({ ...gate, couldFail: false, proof: answer.reason, summary: `Proves nothing${asked}: ${answer.reason}.`, findings: [finding] });
  }
  const actual = showSeen(answer.seen);
  const finding: Finding = {
    ...common,
    severity: 'blocker',
    title: `${word} ${name} of ${revision} doesn’t hold: ${actual} instead of ${expected}`,
    actual,
    ...(answer.seen.kind === 'error' ? { sql: answer.seen.sql } : {}),
    cure: about.cure,
  };
  return conclude({ ...gate, couldFail: true, proof: 'it failed', summary: `Gives ${actual} instead of ${expected}${asked}.`, findings: [finding] });
}

/** The query as it can be pasted into psql, in a transaction that leaves nothing behind. */
function showSql({ given, settings, role, sql }: MigrationQuery): string {
  const set = Object.entries(settings).map(([name, value]) => `select set_config(${quoteLiteral(name)}, ${quoteLiteral(value)}, true);`);
  const become = role === undefined ? [] : [`set local role ${quoteIdentifier(role)};`];
  const ended = (text: string) => `${text.trim().replace(/;$/, '')};`;
  return ['begin;', ...(given === undefined ? [] : [ended(given)]), ...set, ...become, ended(sql), 'rollback;'].join('\n');
}
