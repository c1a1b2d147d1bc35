import { tellExisting } from '../check/already-exists/tell-existing.ts';
import { tellViolation } from '../check/violating-rows/tell-violation.ts';
import type { Finding } from '../core/finding.ts';
import type { StatementRecord } from '../core/migration.ts';
import type { Context } from '../core/ports.ts';
import type { Recording } from '../core/recording.ts';
import { ok } from '../core/result.ts';
import type { Address } from '../core/server.ts';
import { withoutUndefined } from '../core/without-undefined.ts';
import { explainExisting } from '../migrate/existing/explain-existing.ts';
import { findViolations } from '../migrate/violations/find-violations.ts';
import { isSetting, transactionVerb } from '../sql/transaction-verb.ts';
import { withSession } from './with-session.ts';

/** Where a migration failed. */
export interface FailedRun {
  /** Superuser access to the clone, as the failure left it. */
  readonly admin: Address;
  /** The role that migrated. */
  readonly migrator: string;
  /** What our own runner told; empty where the team's tool ran. */
  readonly statements: readonly StatementRecord[];
  /** What the flight recorder saw; absent where nothing was recorded. */
  readonly recording: Recording | undefined;
  /** Revisions that ran without a transaction of ours. */
  readonly noTransaction: ReadonlySet<string>;
}

/** Finds out on the clone what a failed statement met: rows that break a constraint, or something that is there already. Says it as a finding where there is something to say. */
export async function explainFailure(context: Context, run: FailedRun): Promise<void> {
  if (context.signal.aborted) return;
  const failed = run.statements.length > 0 ? ofRunner(run) : ofRecording(run.recording);
  const error = failed?.statement.error;
  if (failed === undefined || error === undefined) return;
  const told = await withSession(context, run.admin, async (session) => {
    const asked = { migrator: run.migrator, preceding: failed.preceding, statement: failed.text, error };
    const violation = await findViolations(session, asked);
    if (!violation.ok) return violation;
    if (violation.value !== undefined) return ok<Finding | undefined>(tellViolation(violation.value, failed.statement, error));
    const existing = await explainExisting(session, asked);
    if (!existing.ok) return existing;
    return ok(existing.value === undefined ? undefined : tellExisting(existing.value, failed.statement, error));
  });
  // It is only more about a failure that is told anyhow.
  if (told.ok && told.value !== undefined) context.emit({ type: 'finding', finding: told.value });
}

interface Failed {
  readonly statement: StatementRecord;
  readonly text: string;
  /** What was undone with it. */
  readonly preceding: readonly string[];
}

function ofRunner({ statements, noTransaction }: FailedRun): Failed | undefined {
  const statement = statements.findLast(({ error }) => error !== undefined);
  if (statement === undefined) return undefined;
  const before = statements.filter(({ migration, index, error }) => migration === statement.migration && index < statement.index && error === undefined);
  const texts = before.map(({ text }) => text);
  // Constraints that are deferred speak up at the end: so they do when they are told to.
  const text = statement.text === 'commit' || transactionVerb(statement.text) === 'ends' ? 'set constraints all immediate' : statement.text;
  return { statement, text, preceding: undoneWith(texts, !noTransaction.has(statement.migration)) };
}

/** Statements whose values came apart from them can't be sent again. */
function ofRecording(recording: Recording | undefined): Failed | undefined {
  const failed = recording?.statements.findLast(({ error }) => error !== undefined && /^(23|42)/.test(error.sqlstate));
  if (recording === undefined || failed === undefined) return undefined;
  const block = recording.transactions.find(({ id }) => id === failed.transaction)?.block === true;
  const before = block
    ? recording.statements.filter(({ transaction, id, error }) => transaction === failed.transaction && id < failed.id && error === undefined)
    : [];
  const texts = [...before.map(({ text }) => text), failed.text];
  if (texts.some((text) => /\$\d/.test(text))) return undefined;
  const { text, rows, startedMs, endedMs, error, place, migration } = failed;
  const statement: StatementRecord = {
    migration: migration ?? 'the migration command',
    index: recording.statements.indexOf(failed) + 1,
    place: place ?? { file: migration ?? 'the migration command' },
    ...{ text, rows, durationMs: endedMs - startedMs },
    ...withoutUndefined({ error }),
  };
  return { statement, text, preceding: texts.slice(0, -1) };
}

/** What the failure took back: all that ran in the open transaction; of what was committed before, only settings still count. */
function undoneWith(texts: readonly string[], wrapped: boolean): readonly string[] {
  let open: string[] = [];
  let inTransaction = wrapped && !texts.some((text) => transactionVerb(text) === 'begins');
  for (const text of texts) {
    const verb = transactionVerb(text);
    if (verb === 'begins') inTransaction = true;
    else if (verb !== 'none') {
      inTransaction = verb === 'chains';
      open = open.filter(isSetting);
    } else if (inTransaction || isSetting(text)) open.push(text);
  }
  return open;
}
