import type { Session } from '../../core/ports.ts';
import { quoteLiteral } from '../../sql/quote.ts';

interface SequenceState {
  readonly name: string;
  readonly last: string;
  readonly called: boolean;
}

const sequencesQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'S' and c.relpersistence <> 't'
order by 1`;

/** So many sequences are read by one query. */
const atOnce = 200;

/**
 * Runs `body`, and puts every sequence back to where it was: what nextval and setval do survives a rollback, and so would the gaps that a tried INSERT
 * leaves in the clone that further gates work on. Throws SqlError.
 */
export async function puttingSequencesBack<T>(session: Session, body: () => Promise<T>): Promise<T> {
  const before = await readSequences(session);
  try {
    return await body();
  } finally {
    const after = new Map((await readSequences(session)).map((state) => [state.name, state]));
    for (const { name, last, called } of before) {
      const now = after.get(name);
      if (now !== undefined && (now.last !== last || now.called !== called)) {
        await session.query('select pg_catalog.setval($1::pg_catalog.regclass, $2, $3)', [name, last, called]);
      }
    }
  }
}

async function readSequences(session: Session): Promise<readonly SequenceState[]> {
  const names = await session.query<{ name: string }>(sequencesQuery);
  const states: SequenceState[] = [];
  for (let at = 0; at < names.length; at += atOnce) {
    const queries = names
      .slice(at, at + atOnce)
      .map(({ name }) => `select ${quoteLiteral(name)} as name, last_value::text as last, is_called as called from ${name}`);
    states.push(...(await session.query<SequenceState>(queries.join(' union all '))));
  }
  return states;
}
