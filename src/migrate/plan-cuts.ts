import type { CutPoint } from '../core/interruption.ts';
import type { Migration } from '../core/migration.ts';
import { significantTokens } from '../sql/significant-tokens.ts';
import { isSetting, transactionVerb } from '../sql/transaction-verb.ts';
import { chooseMode } from './choose-mode.ts';
import type { SqlFilesSettings } from './migrate-settings.ts';
import { type MigrationStatement, splitMigration } from './split-migration.ts';

/** Where pending migrations can be cut off. */
export interface CutPlan {
  /** The one in a transaction first, since it stands for all others there; then the riskiest. */
  readonly points: readonly CutPoint[];
  /** Boundaries in transactions, where a cut leaves nothing: the first point is one of them. */
  readonly inTransactions: number;
  /** Statements that may commit on their way at places that nobody knows beforehand. */
  readonly unforeseeable: readonly CutPoint[];
}

/**
 * Every boundary at which a deploy can be cut off, from the texts of the migrations and the way in which they are sent. Pure. The texts only choose where it is tried: what
 * a cut leaves behind is looked at.
 *
 * @param noTransaction revisions that were found to need no transaction
 */
export function planCuts(
  pending: readonly Migration[],
  settings: Pick<SqlFilesSettings, 'transaction' | 'layout' | 'ledger'>,
  noTransaction: readonly string[],
): CutPlan {
  const plan = { inside: [] as CutPoint[], risky: [] as CutPoint[], between: [] as CutPoint[], unforeseeable: [] as CutPoint[] };
  for (const [at, migration] of pending.entries()) {
    const { statements } = splitMigration(migration);
    const wrapped = chooseMode(migration, statements, settings, new Set(noTransaction)) === 'wrapped';
    walk(plan, migration, statements, wrapped, settings.ledger !== undefined);
    if (at < pending.length - 1 && statements.length > 0) plan.between.push(pointAt(migration, statements, statements.length, 'between-migrations'));
  }
  // The longest way into a transaction: most would be left behind there, if anything could be.
  const deepest = plan.inside.reduce<CutPoint | undefined>((best, one) => (best === undefined || one.statement > best.statement ? one : best), undefined);
  return {
    points: [...(deepest === undefined ? [] : [deepest]), ...plan.risky, ...plan.between],
    inTransactions: plan.inside.length,
    unforeseeable: plan.unforeseeable,
  };
}

type Lists = Readonly<Record<'inside' | 'risky' | 'unforeseeable', CutPoint[]>>;

function walk(lists: Lists, migration: Migration, statements: readonly MigrationStatement[], wrapped: boolean, recorded: boolean): void {
  let inTransaction = wrapped;
  for (const [at, { text }] of statements.entries()) {
    const number = at + 1;
    const last = number === statements.length;
    const verb = transactionVerb(text);
    const wasInside = inTransaction;
    if (verb === 'begins') inTransaction = true;
    if (verb === 'ends' || verb === 'rolls-back') inTransaction = wrapped && verb === 'rolls-back';
    if (inTransaction) {
      lists.inside.push(pointAt(migration, statements, number, 'in-transaction'));
      continue;
    }
    // A setting ends with its session: cut behind it, the deploy stands where it stood before it. So it is after a ROLLBACK.
    if (isSetting(text) || verb === 'rolls-back') continue;
    if (!wasInside && commitsOnItsWay(text)) lists.risky.push(pointAt(migration, statements, number, 'in-statement'));
    if (!wasInside && mayCommit(text)) lists.unforeseeable.push(pointAt(migration, statements, number, 'in-statement'));
    if (!last) lists.risky.push(pointAt(migration, statements, number, 'between-statements'));
    else if (recorded) lists.risky.push(pointAt(migration, statements, number, 'before-ledger'));
  }
}

function pointAt(migration: Migration, statements: readonly MigrationStatement[], number: number, kind: CutPoint['kind']): CutPoint {
  const line = statements[number - 1]?.line ?? migration.upLine;
  const where = {
    'in-transaction': 'in',
    'between-statements': 'after',
    'in-statement': 'during',
    'before-ledger': 'unrecorded',
    'between-migrations': 'done',
  }[kind];
  return {
    id: `${migration.revision}:${where}-${number}`,
    migration: migration.revision,
    place: { file: migration.file, line },
    statement: number,
    statements: statements.length,
    kind,
  };
}

/** CONCURRENTLY commits several times; but REFRESH MATERIALIZED VIEW CONCURRENTLY does not. */
function commitsOnItsWay(text: string): boolean {
  const words = significantTokens(text, 12).map(({ keyword }) => keyword);
  return words[0] !== 'REFRESH' && words.includes('CONCURRENTLY');
}

/** A procedure, or an anonymous block, may commit as it likes. */
function mayCommit(text: string): boolean {
  const [first] = significantTokens(text, 1);
  return first?.keyword === 'CALL' || (first?.keyword === 'DO' && /\b(commit|call)\b/i.test(text));
}
