import type { Answer } from '../../check/invariant/ask-probe.ts';
import { columnsRead } from '../../check/invariant/columns-read.ts';
import { showExpectation, showSeen } from '../../check/invariant/expectation.ts';
import type { Tried } from '../../check/invariant/try-check.ts';
import { weakenByMasking } from '../../check/invariant/weaken-by-masking.ts';
import { type MaskedAttribute, readMaskedStateAgain } from '../../check/masked-constraints/read-masked-state.ts';
import { askVerify } from '../../check/migration-query/ask-verify.ts';
import { asksForSomething, isNotThere, judgeAnswer } from '../../check/migration-query/judge-answer.ts';
import { askAndBreak, askOnce, type MigrationQuery, probeOf, refusedIn } from '../../check/migration-query/query-probe.ts';
import { writeUpQuery } from '../../check/migration-query/write-up.ts';
import type { RunbookMigration } from '../../config/schema.ts';
import type { CheckOutcome } from '../../core/check-outcome.ts';
import type { Session } from '../../core/ports.ts';
import type { Batch } from './batches.ts';

/** Where the queries around migrations end a run: a sentence. */
export interface StoppedByQuery {
  readonly message: string;
  readonly outcome: 'failed' | 'inconclusive';
}

/** Tells of an answered query; what it gives ends the run. */
export type Tell = (outcome: CheckOutcome) => StoppedByQuery | undefined;

type VerifyQuery = RunbookMigration['verify'][number];

/** What was seen right before migrations. */
export interface Early {
  readonly stopped: StoppedByQuery | undefined;
  /** What verify queries gave before their migration. */
  readonly verify: ReadonlyMap<VerifyQuery, Tried>;
  /** Before-checks that hold, and could not be broken: they are asked once more, after. */
  readonly unproven: ReadonlyMap<MigrationQuery, Answer>;
}

/** Asks what has to hold before, and what verify queries give before their migrations. Throws SqlError. */
export async function askEarly(session: Session, { entries, moment }: Batch, known: readonly MaskedAttribute[], tell: Tell): Promise<Early> {
  const verify = new Map<VerifyQuery, Tried>();
  const unproven = new Map<MigrationQuery, Answer>();
  const { attributes } = await readMaskedStateAgain(session, known);
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
        await weakened(
          session,
          query,
          writeUpQuery({ when: 'before', revision: migration.revision, query, answer, place, startedAt, ...(moment && { moment: moment.before }) }),
          attributes,
        ),
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

/** Asks what has to hold after, and once more those before-checks that could not be broken. Throws SqlError. */
export async function askLate(
  session: Session,
  { entries, moment }: Batch,
  early: Early & { readonly masked: readonly MaskedAttribute[] },
  tell: Tell,
): Promise<StoppedByQuery | undefined> {
  const { attributes } = await readMaskedStateAgain(session, early.masked);
  for (const { told, migration } of entries) {
    const { revision, file } = migration;
    for (const query of told.before) {
      const unproven = early.unproven.get(query);
      if (unproven === undefined) continue;
      const startedAt = performance.now();
      const answer = await provenByMigration(session, query, unproven);
      tell(
        await weakened(
          session,
          query,
          writeUpQuery({ when: 'before', revision, query, answer, place: { file }, startedAt, ...(moment && { moment: moment.before }) }),
          attributes,
        ),
      );
    }
    for (const query of told.verify) {
      const startedAt = performance.now();
      const refused = refusedIn(query);
      const tried = early.verify.get(query);
      const answer: Answer = refused !== undefined || tried === undefined ? { kind: 'doubt', ...(refused ?? unasked) } : await askVerify(session, query, tried);
      const stopped = tell(
        await weakened(
          session,
          query,
          writeUpQuery({ when: 'verify', revision, query, answer, place: { file }, startedAt, ...(moment && { moment: moment.after }) }),
          attributes,
        ),
      );
      if (stopped !== undefined) return stopped;
    }
  }
  return undefined;
}

/** What masked columns take from an answer. */
async function weakened(session: Session, query: MigrationQuery, outcome: CheckOutcome, masked: readonly MaskedAttribute[]): Promise<CheckOutcome> {
  if (masked.length === 0) return outcome;
  return weakenByMasking(outcome, await columnsRead(session, [probeOf(query).check]), masked);
}

const unasked = { reason: 'it was not asked before its migration', cure: 'Run again.' };

/** What a migration itself takes away was able to be away: a before-check that no longer holds after it has been able to fail. */
async function provenByMigration(session: Session, query: MigrationQuery, unproven: Answer): Promise<Answer> {
  const tried = await askOnce(session, query);
  if (tried.kind !== 'seen' || judgeAnswer(query.expect, tried.seen) !== 'violated') return unproven;
  // A table that is gone doesn't show that rows in it would have been noticed.
  if (isNotThere(tried.seen) && !asksForSomething(query.expect)) return unproven;
  return { kind: 'holds', proof: { what: 'asked again right after the migration', seen: showSeen(tried.seen), expected: showExpectation(query.expect) } };
}
