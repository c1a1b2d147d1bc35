import type { Answer } from '../../check/invariant/ask-probe.ts';
import { showExpectation, showSeen } from '../../check/invariant/expectation.ts';
import { puttingSequencesBack } from '../../check/invariant/put-sequences-back.ts';
import type { Tried } from '../../check/invariant/try-check.ts';
import { askVerify } from '../../check/migration-query/ask-verify.ts';
import { judgeAnswer } from '../../check/migration-query/judge-answer.ts';
import { askAndBreak, askOnce, type MigrationQuery, refusedIn } from '../../check/migration-query/query-probe.ts';
import { writeUpQuery } from '../../check/migration-query/write-up.ts';
import type { RunbookMigration } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import { type Failure, FailureError, failure } from '../../core/failure.ts';
import type { Context, Session } from '../../core/ports.ts';
import { fail, ok, type Result } from '../../core/result.ts';
import { guardCluster, scriptsOf } from '../guard-cluster.ts';
import { type Run, report } from '../run.ts';
import { type Besides, spareClone } from '../spare-clone.ts';
import { withSession } from '../with-session.ts';
import { type Batch, batchesOf, type Stepper } from './batches.ts';
import { entriesOf, type RunbookEntry } from './plan-steps.ts';

/** Where the queries around migrations end a run: a sentence. */
export interface StoppedByQuery {
  readonly message: string;
}

/**
 * Applies the pending migrations one by one on a clone of their own, and asks before and after each what the runbook says: beside the run's own
 * migrations the questions would be counted and measured with them. Every query has a gate; the first required one that doesn't hold ends the run.
 */
export async function rehearseSteps(context: Context, run: Run, besides: Omit<Besides, 'noTransaction'>): Promise<StoppedByQuery | undefined> {
  const { request, provided, line } = besides;
  const known = line.from === 'unknown' || line.from === 'head-only' ? provided.migrations : line.pending;
  const entries = entriesOf(request.settings, known).filter(({ told }) => told.before.length + told.verify.length > 0);
  if (entries.length === 0) return undefined;
  context.emit({ type: 'step', phase: 'migrate', text: `Asking the queries around ${entries.length} migrations` });
  const open = openQueries(entries);
  const tell = (outcome: CheckOutcome): StoppedByQuery | undefined => {
    open.delete(outcome.gate.gate);
    report(context, outcome);
    const broken = outcome.gate.required ? outcome.findings.find(({ severity }) => severity === 'blocker') : undefined;
    return broken === undefined ? undefined : { message: `${broken.title}: the run was stopped there, and nothing more was applied.` };
  };
  const walked = await guardCluster(context, provided.shared, { phase: 'migrate', scripts: scriptsOf(known) }, () =>
    walk(context, run, { ...besides, noTransaction: [] }, batchesOf(request.settings.migrate, known, entries), tell),
  );
  if (context.signal.aborted) return undefined;
  // A run that is stopped says so by the query that stopped it.
  if (walked.ok) return walked.value;
  // What nobody asked must not look as if it had been.
  const { message, cure } = walked.failure;
  for (const { when, entry, query } of [...open.values()]) {
    const answer: Answer = { kind: 'doubt', reason: `it could not be asked: ${message}`, cure };
    tell(writeUpQuery({ when, revision: entry.migration.revision, query, answer, startedAt: performance.now() }));
  }
  return undefined;
}

interface OpenQuery {
  readonly when: 'before' | 'verify';
  readonly entry: RunbookEntry;
  readonly query: MigrationQuery;
}

function openQueries(entries: readonly RunbookEntry[]): Map<string, OpenQuery> {
  const each = (when: OpenQuery['when'], entry: RunbookEntry) =>
    entry.told[when].map((query): [string, OpenQuery] => [`${when}:${entry.migration.revision}:${query.name}`, { when, entry, query }]);
  return new Map(entries.flatMap((entry) => [...each('before', entry), ...each('verify', entry)]));
}

type Tell = (outcome: CheckOutcome) => StoppedByQuery | undefined;

async function walk(context: Context, run: Run, besides: Besides, batches: readonly Batch[], tell: Tell): Promise<Result<StoppedByQuery | undefined>> {
  const started = await spareClone(context, run, besides, `clone of ${besides.provided.facts.database}, step by step`);
  if (!started.ok) return started;
  await using spare = started.value;
  const stepper: Stepper = { context, migrate: besides.request.settings.migrate, folder: besides.request.folder, address: spare.migrator.address };
  for (const batch of batches) {
    const asked = await onSession(context, spare.clone.admin, (session) => askEarly(session, batch, tell));
    if (!asked.ok) return asked;
    if (asked.value.stopped !== undefined) return ok(asked.value.stopped);
    const failed = await batch.apply(stepper);
    if (failed !== undefined) return fail(besideFailure(batch, failed));
    const stopped = await onSession(context, spare.clone.admin, (session) => askLate(session, batch, asked.value, tell));
    if (!stopped.ok || stopped.value !== undefined) return stopped;
  }
  return ok(undefined);
}

function besideFailure({ label }: Batch, failed: Failure): Failure {
  return failure(failed.code, `${label} could not be applied: ${failed.message}`, { cure: failed.cure });
}

async function onSession<T>(context: Context, admin: Parameters<typeof withSession>[1], body: (session: Session) => Promise<T>): Promise<Result<T>> {
  try {
    return await withSession(context, admin, async (session) => ok(await puttingSequencesBack(session, () => body(session))));
  } catch (error) {
    if (error instanceof FailureError) return fail(error.failure);
    throw error;
  }
}

type VerifyQuery = RunbookMigration['verify'][number];

interface Early {
  readonly stopped: StoppedByQuery | undefined;
  /** What verify queries gave before their migration. */
  readonly verify: ReadonlyMap<VerifyQuery, Tried>;
  /** Before-checks that hold, and could not be broken: they are asked once more, after. */
  readonly unproven: ReadonlyMap<MigrationQuery, Answer>;
}

async function askEarly(session: Session, { entries, moment }: Batch, tell: Tell): Promise<Early> {
  const verify = new Map<VerifyQuery, Tried>();
  const unproven = new Map<MigrationQuery, Answer>();
  for (const { told, migration } of entries) {
    for (const query of told.before) {
      const startedAt = performance.now();
      const refused = refusedIn(query);
      const answer: Answer = refused === undefined ? await askAndBreak(session, query) : { kind: 'doubt', ...refused };
      if (answer.kind === 'doubt' && refused === undefined && (await holds(session, query))) {
        unproven.set(query, answer);
        continue;
      }
      const place = { file: migration.file };
      const stopped = tell(
        writeUpQuery({ when: 'before', revision: migration.revision, query, answer, place, startedAt, ...(moment && { moment: moment.before }) }),
      );
      if (stopped !== undefined) return { stopped, verify, unproven };
    }
    for (const query of told.verify) if (refusedIn(query) === undefined) verify.set(query, await askOnce(session, query));
  }
  return { stopped: undefined, verify, unproven };
}

async function holds(session: Session, query: MigrationQuery): Promise<boolean> {
  const tried = await askOnce(session, query);
  return tried.kind === 'seen' && judgeAnswer(query.expect, tried.seen) === 'holds';
}

async function askLate(session: Session, { entries, moment }: Batch, early: Early, tell: Tell): Promise<StoppedByQuery | undefined> {
  for (const { told, migration } of entries) {
    const { revision, file } = migration;
    for (const query of told.before) {
      const unproven = early.unproven.get(query);
      if (unproven === undefined) continue;
      const startedAt = performance.now();
      const answer = await provenByMigration(session, query, unproven);
      tell(writeUpQuery({ when: 'before', revision, query, answer, place: { file }, startedAt, ...(moment && { moment: moment.before }) }));
    }
    for (const query of told.verify) {
      const startedAt = performance.now();
      const refused = refusedIn(query);
      const tried = early.verify.get(query);
      const answer: Answer = refused !== undefined || tried === undefined ? { kind: 'doubt', ...(refused ?? unasked) } : await askVerify(session, query, tried);
      const stopped = tell(writeUpQuery({ when: 'verify', revision, query, answer, place: { file }, startedAt, ...(moment && { moment: moment.after }) }));
      if (stopped !== undefined) return stopped;
    }
  }
  return undefined;
}

const unasked = { reason: 'it was not asked before its migration', cure: 'Run again.' };

/** What a migration itself takes away was able to be away: a before-check that no longer holds after it has been able to fail. */
async function provenByMigration(session: Session, query: MigrationQuery, unproven: Answer): Promise<Answer> {
  const tried = await askOnce(session, query);
  if (tried.kind !== 'seen' || judgeAnswer(query.expect, tried.seen) !== 'violated') return unproven;
  return { kind: 'holds', proof: { what: 'asked again right after the migration', seen: showSeen(tried.seen), expected: showExpectation(query.expect) } };
}
