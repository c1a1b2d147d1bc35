import type { Place } from '../../core/failure.ts';
import type { CutPoint } from '../../core/interruption.ts';
import type { Migration } from '../../core/migration.ts';
import type { CutPlan } from '../../migrate/plan-cuts.ts';
import { splitMigration } from '../../migrate/split-migration.ts';
import type { TransactionState, WireStatement } from '../../record/proxy/contract.ts';
import { significantTokens } from '../../sql/significant-tokens.ts';

/** Something that a tool did: statements that may have changed the database, and whether that is committed. */
export interface Effect {
  readonly text: string;
  readonly committed: boolean;
}

/** Tags of what changes nothing that stays. */
const harmless = new Set([
  '',
  'SELECT',
  'SHOW',
  'SET',
  'RESET',
  'BEGIN',
  'START TRANSACTION',
  'ROLLBACK',
  'SAVEPOINT',
  'RELEASE',
  'DISCARD ALL',
  'DEALLOCATE',
  'PREPARE',
  'LISTEN',
  'UNLISTEN',
  'FETCH',
  'CLOSE CURSOR',
  'DECLARE CURSOR',
  'LOCK TABLE',
  'SET CONSTRAINTS',
  'EXPLAIN',
]);

/** What a tool has done since it last waited for the server; undefined where it only looked. Pure. */
export function effectOf(statements: readonly WireStatement[], state: TransactionState): Effect | undefined {
  const done = statements.filter(({ tag, error }) => error === undefined && tag !== undefined && !harmless.has(tag));
  // A COMMIT that ends an empty transaction can't be told from one that doesn't: it counts.
  const told = done.findLast(({ tag }) => tag !== 'COMMIT') ?? done.at(-1);
  return told === undefined ? undefined : { text: told.text, committed: state === 'I' };
}

/**
 * Where a tool's deploy can be cut off: after each thing that it did and committed, but the last, behind which nothing is left to do; and once, as late as possible, in a
 * transaction. Pure.
 *
 * @param name what the deploy is called
 */
export function planEffects(effects: readonly Effect[], name: string, migrations: readonly Migration[]): CutPlan {
  const point = (at: number, kind: CutPoint['kind']): CutPoint => ({
    id: `${name}:${kind === 'in-transaction' ? 'in' : 'after'}-${at + 1}`,
    migration: name,
    place: placeOfText(effects[at]?.text ?? '', migrations) ?? { file: name },
    statement: at + 1,
    statements: effects.length,
    kind,
  });
  const numbered = effects.map((effect, at) => ({ ...effect, at }));
  const inside = numbered.filter(({ committed }) => !committed);
  const deepest = inside.at(-1);
  const committed = numbered.filter((effect) => effect.committed).slice(0, -1);
  return {
    points: [...(deepest === undefined ? [] : [point(deepest.at, 'in-transaction')]), ...committed.map(({ at }) => point(at, 'between-statements'))],
    inTransactions: inside.length,
    unforeseeable: [],
  };
}

/** The place of a statement that stands in one of the repo's files, as the tool sent it. */
export function placeOfText(text: string, migrations: readonly Migration[]): Place | undefined {
  const wanted = tokensOf(text);
  for (const migration of migrations) {
    const found = splitMigration(migration).statements.find((statement) => tokensOf(statement.text) === wanted);
    if (found !== undefined) return { file: migration.file, line: found.line };
  }
  return undefined;
}

function tokensOf(text: string): string {
  return significantTokens(text.slice(0, 5_000))
    .filter(({ kind }) => kind !== 'semicolon')
    .map(({ keyword, text: as }) => keyword || as)
    .join(' ');
}
