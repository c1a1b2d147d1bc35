import type { RunbookMigration, SqlInvariant } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import { type Answer, askProbe } from '../invariant/ask-probe.ts';
import { showSeen } from '../invariant/expectation.ts';
import { planOwnSql } from '../invariant/kinds/own-sql.ts';
import type { Doubt, Probe } from '../invariant/probe.ts';
import { endedTransaction, refusedStatement } from '../invariant/refused-statement.ts';
import { type Tried, tryCheck } from '../invariant/try-check.ts';
import { isMissing, judgeAnswer } from './judge-answer.ts';

export type MigrationQuery = RunbookMigration['before'][number] | RunbookMigration['verify'][number];

/** The query as a question that can be asked, and broken. */
export function probeOf(query: MigrationQuery): Probe {
  const { name, required, sql, role, settings, expect, breakWith, given } = query;
  const invariant: SqlInvariant = { kind: 'sql', name, required, sql, settings, expect, ...(role && { role }), ...(breakWith && { breakWith }) };
  const [probe] = planOwnSql(invariant).probes;
  if (probe === undefined) throw new Error('a query of one’s own has one probe');
  return given === undefined ? probe : { ...probe, check: { ...probe.check, prepare: [given] } };
}

/** A statement that a query may not hold, since it would end the transaction that is rolled back, or change the session. */
export function refusedIn({ sql, given, breakWith }: MigrationQuery): Doubt | undefined {
  return refusedStatement([sql]) ?? endedTransaction([given, breakWith].filter((script) => script !== undefined));
}

/** Asks once, and breaks nothing. Throws SqlError where the session itself fails. */
export async function askOnce(session: Session, query: MigrationQuery): Promise<Tried> {
  return await tryCheck(session, probeOf(query).check);
}

/** Asks, and where it holds, breaks something to see its answer turn. What isn't there is an answer too. Throws SqlError where the session itself fails. */
export async function askAndBreak(session: Session, query: MigrationQuery): Promise<Answer> {
  const probe = probeOf(query);
  const tried = await tryCheck(session, probe.check);
  if (tried.kind === 'seen') {
    const { seen } = tried;
    if (judgeAnswer(query.expect, seen) === 'violated') return { kind: 'violated', seen, bypass: undefined };
    // Of an expected 42P01 the invariants' judge says no more than that it can't tell.
    if (seen.kind === 'error' && isMissing(seen.sql) && judgeAnswer(query.expect, seen) === 'holds')
      return { kind: 'doubt', reason: `it holds, and nothing was broken to show that it can fail (${showSeen(seen)})`, cure: cureOfProof };
  } else if (tried.what === 'preparation')
    return { kind: 'doubt', reason: `what it needs (given) could not be made: ${tried.sql.message}`, cure: 'Correct `given` of the query.', sql: tried.sql };
  return await askProbe(session, probe);
}

export const cureOfProof = 'Add breakWith: SQL after which it must fail. A check that can’t fail proves nothing.';
