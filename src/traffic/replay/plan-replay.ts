import { significantTokens } from '../../sql/significant-tokens.ts';
import type { CanaryPlan, CanaryStatement } from '../canary-plan.ts';
import type { ReplayStatement } from './replay-statement.ts';

/** Faster than this a single session doesn't repeat a statement, in milliseconds. */
const fastestMs = 5;

/**
 * A session for each statement of the application, at its own rate. Reads run, in read-only transactions. Writes, and statements whose parameters aren't
 * known, are only parsed: Postgres then opens and locks the same tables, and finds out whether the names in it still mean something, but nothing is
 * done.
 */
export function planReplay(statements: readonly ReplayStatement[]): readonly CanaryPlan[] {
  return statements.map((statement, at) => ({
    kind: 'replay',
    name: `replay ${at + 1}`,
    everyMs: Math.max(fastestMs, 1000 / statement.perSecond),
    callsPerHour: Math.round(statement.perSecond * 3600),
    prepare: async (session) => {
      const canary = replayed(statement);
      if (canary.runs) await session.execute('set default_transaction_read_only = on');
      return [canary];
    },
  }));
}

function replayed({ statement, parameters }: ReplayStatement): CanaryStatement & { readonly runs: boolean } {
  const tokens = significantTokens(statement);
  const reads =
    tokens.some(({ keyword }) => keyword === 'SELECT' || keyword === 'TABLE' || keyword === 'VALUES') && !tokens.some(({ keyword }) => writing.has(keyword));
  const known = parameters !== undefined || !tokens.some(({ kind }) => kind === 'parameter');
  if (reads && known) {
    let turn = 0;
    return { text: statement, runs: true, run: (session) => session.query(statement, parameters?.[turn++ % parameters.length] ?? []) };
  }
  const name = 'pgrehearse_replay';
  return {
    text: `prepare ${name} as ${statement}`,
    runs: false,
    run: async (session) => {
      await session.execute(`prepare ${name} as ${statement}`);
      await session.execute(`deallocate ${name}`);
    },
  };
}

/** What starts a statement, or a part of one, that writes; a row lock writes too. */
const writing: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'INTO', 'SHARE', 'CALL']);
