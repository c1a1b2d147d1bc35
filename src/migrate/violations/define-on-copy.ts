import { SqlError } from '../../core/failure.ts';
import type { Session } from '../../core/ports.ts';
import type { AffectedTable } from './affected-tables.ts';
import { ruleOfConstraint, ruleOfIndex } from './read-rule.ts';
import type { Rule } from './rule.ts';

/** Constraints and indexes of a table. */
const ruledQuery = `
select 'constraint' as what, k.oid::text as oid from pg_catalog.pg_constraint k where k.conrelid = pg_catalog.to_regclass($1) and k.contype in ('c', 'f', 'p', 'u', 'x')
union all
select 'index', i.indexrelid::text from pg_catalog.pg_index i
 where i.indrelid = pg_catalog.to_regclass($1) and i.indisunique and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.conrelid = i.indrelid)
order by 1, 2`;

/** What a partition's place in its parent asks of its rows. */
const boundsQuery = `select pg_catalog.pg_get_partition_constraintdef(pg_catalog.to_regclass($1)) as expression`;

/** What CREATE UNIQUE INDEX CONCURRENTLY left under the name that it is going to have once more. */
const halfMadeQuery = `
select pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
from pg_catalog.pg_index i
join pg_catalog.pg_class c on c.oid = i.indexrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where i.indrelid = $1::oid and not i.indisvalid and c.relkind = 'i'
order by 1`;

interface Ruled {
  readonly what: 'constraint' | 'index';
  readonly oid: string;
}

/**
 * Finds out which rules a statement would make for a table whose rows break them: an empty copy takes the table's place, and the statement is run as it stands, so that the
 * server itself reads it. Everything is undone. No rules where the statement fails there too. In a transaction; throws SqlError when the connection is lost.
 */
export async function defineOnCopy(session: Session, table: AffectedTable, statement: string): Promise<readonly Rule[]> {
  await session.execute('savepoint pgrehearse_copy');
  try {
    const halfMade = await session.query<{ name: string }>(halfMadeQuery, [table.oid]);
    for (const { name } of halfMade) await session.execute(`drop index ${name}`);
    const bounds = await expressionOf(session, table.name);
    await session.execute(`alter table ${table.name} rename to pgrehearse_real`);
    await session.execute(`create table ${table.name} (like ${table.schema}.pgrehearse_real including all)`);
    const before = new Set((await session.query<Ruled>(ruledQuery, [table.name])).map(({ oid }) => oid));
    await session.execute(statement);
    const made = (await session.query<Ruled>(ruledQuery, [table.name])).filter(({ oid }) => !before.has(oid));
    const rules: Rule[] = [];
    for (const { what, oid } of made) {
      const rule = what === 'constraint' ? await ruleOfConstraint(session, oid) : await ruleOfIndex(session, oid);
      if (rule !== undefined) rules.push(rule);
    }
    const expression = await expressionOf(session, table.name);
    if (expression !== null && expression !== bounds) rules.push({ kind: 'check', expression });
    return rules;
  } catch (error) {
    if (!(error instanceof SqlError) || error.fields.sqlstate.startsWith('08')) throw error;
    return [];
  } finally {
    await session.execute('rollback to savepoint pgrehearse_copy').catch(() => undefined);
  }
}

async function expressionOf(session: Session, table: string): Promise<string | null> {
  return (await session.query<{ expression: string | null }>(boundsQuery, [table]))[0]?.expression ?? null;
}
