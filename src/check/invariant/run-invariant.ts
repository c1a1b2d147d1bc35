import type { Invariant } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { SqlError, type SqlErrorFields } from '../../core/failure.ts';
import { type Finding, findingId } from '../../core/finding.ts';
import type { Context, Session } from '../../core/ports.ts';
import type { Address } from '../../core/server.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { transactionVerb } from '../../sql/transaction-verb.ts';
import { conclude } from '../conclude.ts';
import { invariantCheck } from './about.ts';
import { breakingsFor } from './breakings.ts';
import { bypassesRls } from './bypasses-rls.ts';
import { judgeSeen, type Seen, showExpectation, showSeen } from './expectation.ts';
import { type Tried, tryCheck } from './try-check.ts';

/** What came out, before it is written up. */
type Answer =
  | { readonly kind: 'holds'; readonly proof: string }
  /** `bypass`: why row level security had no say, where that is so. */
  | { readonly kind: 'violated'; readonly seen: Seen; readonly bypass: string | undefined }
  | { readonly kind: 'doubt'; readonly reason: string; readonly cure: string; readonly sql?: SqlErrorFields };

/**
 * Runs one invariant on the migrated clone, and shows that it could have failed: something that it may rely on is broken, and its answer must turn.
 * Everything happens in transactions that are rolled back. An invariant whose answer can't be turned is inconclusive, and so is one whose own
 * SQL, role or settings are at fault.
 *
 * @param admin superuser access to the clone
 * @example for (const invariant of settings.data.invariants) report(context, await runInvariant(context, clone.admin, invariant));
 */
export async function runInvariant(context: Context, admin: Address, invariant: Invariant): Promise<CheckOutcome> {
  const startedAt = performance.now();
  const connected = await context.edge.postgres.connect(admin, { applicationName: 'pgrehearse invariant', signal: context.signal });
  if (!connected.ok) return writeUp(invariant, { kind: 'doubt', reason: connected.failure.message, cure: connected.failure.cure }, startedAt);
  await using session = connected.value;
  try {
    return writeUp(invariant, await answer(session, invariant), startedAt);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return writeUp(
      invariant,
      { kind: 'doubt', reason: `it could not be carried out: ${error.fields.message}`, cure: invariantCheck.cure, sql: error.fields },
      startedAt,
    );
  }
}

async function answer(session: Session, invariant: Invariant): Promise<Answer> {
  const committing = [invariant.sql, invariant.breakWith ?? ''].flatMap(splitStatements).find(({ text }) => transactionVerb(text) !== 'none');
  if (committing !== undefined) {
    return {
      kind: 'doubt',
      reason: `it says ${committing.text}, which would end the transaction that is rolled back`,
      cure: 'Take BEGIN, COMMIT and ROLLBACK out of the invariant.',
    };
  }
  const tried = await tryCheck(session, invariant);
  if (tried.kind === 'not-run') return notRun(invariant, tried);
  const { seen } = tried;
  const judgement = judgeSeen(invariant.expect, seen);
  if (judgement === 'cannot-tell') return cannotTell(seen);
  const bypass = await bypassesRls(session, invariant);
  if (judgement === 'violated') return { kind: 'violated', seen, bypass };
  if (bypass !== undefined) return { kind: 'doubt', reason: `it holds, but ${bypass}`, cure: 'Run it as the role that the application uses in production.' };
  return provenAbleToFail(session, invariant, seen);
}

/** The vacuity guard: what holds counts only when it is seen not to hold once something is broken. */
async function provenAbleToFail(session: Session, invariant: Invariant, seen: Seen): Promise<Answer> {
  const tried: string[] = [];
  for (const { what, statements } of await breakingsFor(session, invariant, seen.kind === 'error' ? seen.sql : undefined)) {
    const broken = await tryCheck(session, invariant, async (inside) => {
      for (const statement of statements) await inside.execute(statement);
    });
    if (broken.kind === 'seen' && judgeSeen(invariant.expect, broken.seen) === 'violated') {
      return { kind: 'holds', proof: `${what} in a rolled-back transaction: ${showSeen(broken.seen)} instead of ${showExpectation(invariant.expect)}` };
    }
    tried.push(broken.kind === 'seen' ? `${what}: ${showSeen(broken.seen)}` : `${what}: failed with ${broken.sql.sqlstate} (${broken.sql.message})`);
  }
  const reason =
    tried.length === 0
      ? 'it holds, and nothing could be broken to show that it can fail'
      : `it holds, but was not seen to fail when it should (${tried.join('; ')})`;
  const cure =
    invariant.breakWith === undefined
      ? 'Add breakWith: SQL that breaks what the invariant is about, run in a transaction that is rolled back. A check that can’t fail proves nothing.'
      : 'Correct breakWith, or the check: it must notice what breakWith does.';
  return { kind: 'doubt', reason, cure };
}

function notRun({ role }: Invariant, { what, sql }: Extract<Tried, { kind: 'not-run' }>): Answer {
  if (what === 'role') {
    return { kind: 'doubt', reason: `it could not become ${role}: ${sql.message}`, cure: 'Correct the role’s name, or create the role in production.', sql };
  }
  return { kind: 'doubt', reason: `its settings could not be made: ${sql.message}`, cure: 'Correct the invariant’s settings.', sql };
}

function cannotTell(seen: Seen): Answer {
  if (seen.kind !== 'error')
    return {
      kind: 'doubt',
      reason: `its SQL gave ${showSeen(seen)}${seen.kind === 'rows' ? ' and no number of rows' : ''}, which its expectation can’t be held against`,
      cure: 'Let the last statement return what is expected.',
    };
  const { sqlstate, message } = seen.sql;
  return {
    kind: 'doubt',
    reason: `its own SQL failed: ${message} (SQLSTATE ${sqlstate})`,
    cure: 'Correct the invariant’s SQL; names are those after migrating.',
    sql: seen.sql,
  };
}

function writeUp(invariant: Invariant, found: Answer, startedAt: number): CheckOutcome {
  const { name, required } = invariant;
  const gate = { gate: `invariant:${name}`, phase: invariantCheck.phase, required, startedAt };
  if (found.kind === 'holds') return conclude({ ...gate, couldFail: true, proof: found.proof, summary: 'Holds.', findings: [] });
  const object = { kind: 'invariant', name };
  const common: Omit<Finding, 'severity' | 'title' | 'cure'> = {
    id: findingId(invariantCheck.check, object),
    check: invariantCheck.check,
    phase: invariantCheck.phase,
    rootCause: 'invariant',
    object,
    ...(invariant.about === undefined ? {} : { detail: invariant.about }),
    expected: showExpectation(invariant.expect),
    showSql: showSql(invariant),
  };
  if (found.kind === 'violated') {
    const actual = showSeen(found.seen);
    const title = `Invariant ${name} is violated: ${actual} instead of ${showExpectation(invariant.expect)}`;
    const sql = found.seen.kind === 'error' ? { sql: found.seen.sql } : {};
    const detail = [invariant.about, found.bypass === undefined ? undefined : `${found.bypass}.`].filter((text) => text !== undefined).join(' ');
    const finding: Finding = { ...common, severity: 'blocker', title, actual, ...sql, ...(detail === '' ? {} : { detail }), cure: invariantCheck.cure };
    return conclude({
      ...gate,
      couldFail: true,
      proof: 'it failed',
      summary: `${actual} instead of ${showExpectation(invariant.expect)}.`,
      findings: [finding],
    });
  }
  const sql = found.sql === undefined ? {} : { sql: found.sql };
  const finding: Finding = { ...common, severity: 'doubt', title: `Invariant ${name} proves nothing: ${found.reason}`, ...sql, cure: found.cure };
  return conclude({ ...gate, couldFail: false, proof: found.reason, summary: `Proves nothing: ${found.reason}.`, findings: [finding] });
}

/** The check as it can be pasted into psql, in a transaction that leaves nothing behind. */
function showSql({ sql, role, settings }: Invariant): string {
  const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const set = Object.entries(settings).map(([name, value]) => `select set_config(${literal(name)}, ${literal(value)}, true);`);
  const become = role === undefined ? [] : [`set local role "${role.replaceAll('"', '""')}";`];
  return ['begin;', ...set, ...become, `${sql.trim().replace(/;$/, '')};`, 'rollback;'].join('\n');
}
