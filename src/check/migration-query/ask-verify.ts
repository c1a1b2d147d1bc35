import type { RunbookMigration } from '../../config/schema.ts';
import type { Session } from '../../core/ports.ts';
import { statementTexts } from '../../sql/split-statements.ts';
import type { Answer } from '../invariant/ask-probe.ts';
import { columnsRead } from '../invariant/columns-read.ts';
import { showSeen } from '../invariant/expectation.ts';
import type { Tried } from '../invariant/try-check.ts';
import { asksForSomething, isNotThere, judgeAnswer } from './judge-answer.ts';
import { askAndBreak, askOnce, probeOf } from './query-probe.ts';

type VerifyQuery = RunbookMigration['verify'][number];

/**
 * Asks a verify query after its migration, and judges it together with what it gave before: it counts only where its answer was seen to be another one,
 * or turns when something is broken. Throws SqlError where the session itself fails.
 *
 * @param early what it gave right before its migration
 */
export async function askVerify(session: Session, query: VerifyQuery, early: Tried): Promise<Answer> {
  const probe = probeOf(query);
  const tried = await askOnce(session, query);
  if (tried.kind !== 'seen' || judgeAnswer(query.expect, tried.seen) !== 'holds') return await askAndBreak(session, query);
  const bypass = await probe.bypass?.(session);
  const { reason, before } = earlier(query, early);
  if (reason !== undefined && query.mayHoldBefore === undefined) return { kind: 'doubt', reason, cure: cureOfEarly };
  if (before === undefined || bypass !== undefined) return await askAndBreak(session, query);
  const proof = { what: 'asked right before the migration', seen: before.text, expected: probe.expected };
  if (before.kind === 'another-answer' || asksForSomething(query.expect)) return { kind: 'holds', proof };
  // What empty tables would say too isn't shown by there having been no table.
  const broken = await askAndBreak(session, query);
  if (broken.kind !== 'doubt' || !(await readsCatalogsOnly(session, query))) return broken;
  return { kind: 'holds', proof };
}

const cureOfEarly = 'Ask for something that the migration makes, or say in mayHoldBefore why it may hold already.';

interface Earlier {
  /** Why its answer shows nothing of the migration. */
  readonly reason?: string;
  /** What it gave before, where that was something else. */
  readonly before?: { readonly kind: 'another-answer' | 'not-there'; readonly text: string };
}

function earlier({ expect }: VerifyQuery, early: Tried): Earlier {
  if (early.kind === 'not-run') return { before: { kind: 'not-there', text: `error ${early.sql.sqlstate} (${early.sql.message})` } };
  const { seen } = early;
  const text = showSeen(seen);
  switch (judgeAnswer(expect, seen)) {
    case 'holds':
      return { reason: `it holds right before its migration already (${text}), so that it shows nothing of it` };
    case 'violated': {
      return { before: { kind: isNotThere(seen) ? 'not-there' : 'another-answer', text } };
    }
    default:
      return {};
  }
}

/**
 * Whether a query reads nothing but the system's catalogs and calls no function of the team's, so that rows which aren't there yet can't be why it holds. Its
 * plan names the tables, also where no column of theirs is read; the catalog names the functions. What can't be found out is a no.
 */
async function readsCatalogsOnly(session: Session, query: VerifyQuery): Promise<boolean> {
  // Of several statements EXPLAIN would be for the first alone, and the others would run.
  if (query.given !== undefined || statementTexts(query.sql).length !== 1) return false;
  const read = await columnsRead(session, [probeOf(query).check]);
  if (read === undefined || read.columns.length > 0 || read.opaque) return false;
  const planned = await session.query<{ 'QUERY PLAN': unknown }>(`explain (format json, verbose) ${query.sql}`);
  const schemas = [...JSON.stringify(planned).matchAll(/"Schema":\s*"([^"]*)"/g)].map(([, schema]) => schema);
  return schemas.every((schema) => schema === 'pg_catalog');
}
