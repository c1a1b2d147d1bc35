import type { Session } from '../../core/ports.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { undumpedMark } from '../restore/undumped-mark.ts';

interface InvalidIndex {
  readonly name: string;
  readonly definition: string;
  readonly isUnique: boolean;
  readonly ready: boolean;
  readonly live: boolean;
}

/** Which indexes does pg_dump leave out, because they are not valid, not ready for writes, or half dropped? */
const invalidIndexesQuery = `
  select pg_catalog.format('%I.%I', n.nspname, c.relname) as "name", pg_catalog.pg_get_indexdef(c.oid) as "definition",
         i.indisunique as "isUnique", i.indisready as "ready", i.indislive as "live"
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where not (i.indisvalid and i.indisready and i.indislive) and c.relkind = 'i' and c.relpersistence <> 't' and n.nspname !~ '^pg_'
     and not exists (select from pg_catalog.pg_depend d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = i.indrelid and d.deptype = 'e')
   order by 1`;

interface SwitchedTriggers {
  readonly constraint: string;
  readonly constraintTable: string;
  readonly table: string;
  readonly enabled: 'D' | 'R' | 'A';
  readonly functions: readonly string[];
}

/** Which internal triggers of constraints are switched off, or on in another way (ALTER TABLE … DISABLE TRIGGER ALL)? */
const switchedTriggersQuery = `
  select k.conname::text as "constraint", pg_catalog.format('%I.%I', kn.nspname, kc.relname) as "constraintTable",
         pg_catalog.format('%I.%I', n.nspname, c.relname) as "table", t.tgenabled as "enabled",
         pg_catalog.array_agg(pg_catalog.format('%I.%I', pn.nspname, p.proname) order by p.proname) as "functions"
    from pg_catalog.pg_trigger t
    join pg_catalog.pg_constraint k on k.oid = t.tgconstraint
    join pg_catalog.pg_class kc on kc.oid = k.conrelid join pg_catalog.pg_namespace kn on kn.oid = kc.relnamespace
    join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    join pg_catalog.pg_proc p on p.oid = t.tgfoid join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace
   where t.tgisinternal and t.tgenabled <> 'O' and kn.nspname !~ '^pg_'
   group by 1, 2, 3, 4
   order by 2, 1, 3, 4`;

/**
 * Statements that make what pg_dump leaves out without a word: invalid indexes, and constraints whose own triggers are switched off. They
 * belong after its post-data section, and write into the catalog, as only a superuser may. One that fails is a loss of just that object.
 * Throws SqlError.
 */
export async function readUndumpedStatements(session: Session): Promise<readonly string[]> {
  const indexes = await session.query<InvalidIndex>(invalidIndexesQuery);
  const triggers = await session.query<SwitchedTriggers>(switchedTriggersQuery);
  return [...indexes.flatMap(invalidIndex), ...triggers.map(switchTriggers)];
}

/**
 * Rows may well break an index that says unique, which is why it is invalid: it is built as a plain one, and gets that property with the
 * others. So it holds every row, as far as Postgres let it in production, and a reindex fails just as it would there.
 */
function invalidIndex({ name, definition, isUnique, ready, live }: InvalidIndex): readonly string[] {
  const mark = undumpedMark({ kind: 'index', name });
  const flags = [...(isUnique ? ['indisunique = true'] : []), 'indisvalid = false', `indisready = ${ready}`, `indislive = ${live}`].join(', ');
  return [
    definition.replace(/^CREATE (UNIQUE )?INDEX /, `CREATE INDEX ${mark} `),
    `update ${mark} pg_catalog.pg_index set ${flags} where indexrelid = pg_catalog.to_regclass(${quoteLiteral(name)})`,
  ];
}

/** The names of such triggers hold oids: they are found by what they belong to. */
function switchTriggers({ constraint, constraintTable, table, enabled, functions }: SwitchedTriggers): string {
  const mark = undumpedMark({ kind: 'constraint', name: `${constraint} on ${constraintTable}` });
  const body = `
    begin
      update pg_catalog.pg_trigger t set tgenabled = '${enabled}' from pg_catalog.pg_constraint k
       where k.oid = t.tgconstraint and t.tgisinternal and k.conname = ${quoteLiteral(constraint)}
         and k.conrelid = ${quoteLiteral(constraintTable)}::pg_catalog.regclass and t.tgrelid = ${quoteLiteral(table)}::pg_catalog.regclass
         and t.tgfoid in (${functions.map((name) => `${quoteLiteral(name)}::pg_catalog.regproc`).join(', ')});
      if not found then
        raise undefined_object using message = 'the triggers of the constraint are not there';
      end if;
    end`;
  return `do ${mark} ${quoteLiteral(body)}`;
}
