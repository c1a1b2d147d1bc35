import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import { parseQualifiedName, qualifiedName } from '../../sql/quote.ts';
import { viewDepths } from '../view-depths.ts';
import { describeStatement } from './describe-statement.ts';
import { settled } from './settled.ts';

/** A materialized view without content was read. */
const notPopulated = '55000';

/** How many views stand, at most, between a materialized view and tables? */
const depthsQuery = `
  with recursive ${viewDepths}
  select n.nspname as "schema", c.relname as "name", max(depth.level) as "depth"
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join depth on depth.oid = c.oid
   where c.relkind = 'm'
   group by n.nspname, c.relname
   order by n.nspname collate "C", c.relname collate "C"`;

export interface FillViewsOptions {
  /** Runs work on one of several sessions, others meanwhile on others. */
  readonly run: (work: (session: Session) => Promise<void>) => Promise<void>;
  /** Files the error of a view that stays empty. */
  readonly judge: (statement: string, error: SqlError) => void;
}

interface Early {
  readonly statement: string;
  readonly error: SqlError;
}

/**
 * Fills materialized views: those that read none first, side by side, then those that read only these, and so on. Throws SqlError of what isn't a view's own.
 *
 * @param session tells what reads what: the views are there.
 * @param statements `REFRESH MATERIALIZED VIEW`, one for each view.
 */
export async function fillViews(session: Session, statements: readonly string[], { run, judge }: FillViewsOptions): Promise<void> {
  if (statements.length === 0) return;
  const rows = await session.query<{ schema: string; name: string; depth: number }>(depthsQuery);
  const depths = new Map(rows.map(({ schema, name, depth }) => [qualifiedName(schema, name), depth]));
  // One whose name isn't understood comes when all others are filled.
  const byDepth = Map.groupBy(statements, (statement) => depths.get(nameIn(statement)) ?? Number.MAX_SAFE_INTEGER);
  let early: readonly Early[] = [];
  for (const [, together] of [...byDepth].sort(([left], [right]) => left - right)) early = [...early, ...(await fillTogether(together, run, judge))];
  // Which views a function reads can't be told beforehand: one that came too early found another without content, and is tried again.
  for (let waiting = early; waiting.length > 0; ) {
    early = await fillTogether(
      waiting.map(({ statement }) => statement),
      run,
      judge,
    );
    if (early.length === waiting.length) for (const { statement, error } of early) judge(statement, error);
    waiting = early.length === waiting.length ? [] : early;
  }
}

async function fillTogether(statements: readonly string[], run: FillViewsOptions['run'], judge: FillViewsOptions['judge']): Promise<readonly Early[]> {
  const early: Early[] = [];
  const fill = async (session: Session, statement: string) => {
    // Owners of views read as they do in production: a dump's `row_security = off` would make a policy on what they read an error.
    await session.execute('set row_security = on; reset search_path');
    try {
      await session.execute(statement);
    } catch (error) {
      if (!(error instanceof SqlError)) throw error;
      if (error.fields.sqlstate === notPopulated) early.push({ statement, error });
      else judge(statement, error);
    }
    await session.execute("set row_security = off; set search_path = ''");
  };
  await settled(statements.map((statement) => run((session) => fill(session, statement))));
  return early;
}

function nameIn(statement: string): string {
  const { schema = 'public', name } = parseQualifiedName(describeStatement(statement).name) ?? { name: '' };
  return qualifiedName(schema, name);
}
