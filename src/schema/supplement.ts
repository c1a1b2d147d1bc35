import type { Session } from '../core/ports.ts';
import { hideSetting } from './compare/hide-secrets.ts';
import { type ObjectSet, set } from './compare/schema-object.ts';
import { readStatement } from './text/read/read-objects.ts';
import { StatementReader } from './text/statement-reader.ts';

interface Fact {
  /** How the object is called, with `%I` quoting. */
  readonly name: string;
  readonly property: string;
  readonly value: string;
}

type Take = (objects: ObjectSet, fact: Fact) => void;

/** What `pg_dump -s` doesn't show, one query each. Every query gives name, property and value, in a fixed order. */
const queries: readonly (readonly [take: Take, sql: string])[] = [
  // Which indexes are unusable? pg_dump leaves them out, but for those of partitioned tables. The value is the statement that would make it.
  [
    (objects, { name, value }) => {
      const index = readStatement(objects, value)[0] ?? objects.object('index', name);
      set(index, 'valid', 'no');
    },
    `select format('%I.%I', n.nspname, i.relname) as name, '' as property, pg_catalog.pg_get_indexdef(i.oid) as value
       from pg_catalog.pg_index x
       join pg_catalog.pg_class i on i.oid = x.indexrelid
       join pg_catalog.pg_namespace n on n.oid = i.relnamespace
      where not (x.indisvalid and x.indisready and x.indislive) and n.nspname !~ '^pg_'
      order by 1`,
  ],
  // Which foreign keys have their internal triggers switched off (ALTER TABLE … DISABLE TRIGGER ALL)?
  [
    (objects, { name, property, value }) => set(objects.object('constraint', name, name.slice(name.lastIndexOf(' on ') + 4)), property, value),
    `select format('%I on %I.%I', c.conname, n.nspname, t.relname) as name,
            'enforcing triggers' as property,
            string_agg(format('%I.%I on %I.%I: %s', fn.nspname, p.proname, gn.nspname, g.relname,
              case tr.tgenabled when 'D' then 'disabled' when 'R' then 'on replicas' when 'A' then 'always' else 'enabled' end), ', '
              order by p.proname, gn.nspname, g.relname) as value
       from pg_catalog.pg_trigger tr
       join pg_catalog.pg_constraint c on c.oid = tr.tgconstraint
       join pg_catalog.pg_class t on t.oid = c.conrelid
       join pg_catalog.pg_namespace n on n.oid = t.relnamespace
       join pg_catalog.pg_class g on g.oid = tr.tgrelid
       join pg_catalog.pg_namespace gn on gn.oid = g.relnamespace
       join pg_catalog.pg_proc p on p.oid = tr.tgfoid
       join pg_catalog.pg_namespace fn on fn.oid = p.pronamespace
      where tr.tgisinternal and tr.tgenabled <> 'O' and tr.tgparentid = 0
      group by c.conname, n.nspname, t.relname
      order by 1`,
  ],
  // Which materialized views are populated?
  [
    (objects, { name, property, value }) => set(objects.object('materialized view', name, name), property, value),
    `select format('%I.%I', n.nspname, c.relname) as name, 'populated' as property, case when c.relispopulated then 'yes' else 'no' end as value
       from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'm' and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
        and not exists (select from pg_catalog.pg_depend d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
      order by 1`,
  ],
  // Which version of each extension is installed?
  [
    (objects, { name, property, value }) => set(objects.object('extension', name), property, value),
    `select e.extname::text as name, 'version' as property, e.extversion as value
       from pg_catalog.pg_extension e
      where e.extname <> 'plpgsql'
      order by 1`,
  ],
  // What is set for this database, for all roles or for one?
  [
    (objects, { property, value }) => set(objects.object('database', 'this database'), property, hideSetting(property, value)),
    `select '' as name,
            'setting of the database ' || split_part(setting, '=', 1) || coalesce(' for role ' || r.rolname, '') as property,
            substr(setting, strpos(setting, '=') + 1) as value
       from pg_catalog.pg_db_role_setting s
       join pg_catalog.pg_database d on d.oid = s.setdatabase
       left join pg_catalog.pg_roles r on r.oid = s.setrole
       cross join lateral unnest(s.setconfig) setting
      where d.datname = current_database()
      order by 2`,
  ],
  // How does this database encode, sort and describe itself?
  [
    (objects, { property, value }) => set(objects.object('database', 'this database'), property, value),
    `select '' as name, property, value
       from pg_catalog.pg_database d
       cross join lateral (values
         ('encoding', pg_catalog.pg_encoding_to_char(d.encoding)),
         ('collate of the database', d.datcollate::text),
         ('ctype of the database', d.datctype::text),
         ('comment', pg_catalog.shobj_description(d.oid, 'pg_database'))) f (property, value)
      where d.datname = current_database() and value is not null
      order by 2`,
  ],
];

/** What even the supplement doesn't read; printed with every comparison. */
export const notCompared: readonly string[] = [
  'roles and their attributes (only those that objects refer to, by name)',
  'owner and privileges of the database itself',
  'large objects',
  'values of sequences, planner statistics, rows',
  'subscriptions, where the reading role is no superuser',
];

/** What a side that is only a text cannot show. */
export const notInText: readonly string[] = [
  'invalid indexes, disabled internal triggers of foreign keys, whether materialized views are populated, extension versions, database settings, encoding and comment: a side is only a text',
];

/** Adds to the objects of a dump what only the catalog knows. The session's search_path must be empty. Throws SqlError. */
export async function addCatalogFacts(objects: ObjectSet, session: Session): Promise<void> {
  for (const [take, sql] of queries) {
    for (const fact of await session.query<Fact>(sql)) take(objects, { ...fact, name: requoted(fact.name) });
  }
}

/** Names come quoted by the server's own keywords; pg_dump may know others. */
function requoted(name: string): string {
  return name
    .split(' on ')
    .map((part) => {
      const reader = new StatementReader(part);
      const requotedName = reader.qualifiedName();
      return reader.done && requotedName !== undefined ? requotedName : part;
    })
    .join(' on ');
}
