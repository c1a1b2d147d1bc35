import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { indexStatistics, parametersOf, relationName, whyInvalid } from '../sql-pieces.ts';

/**
 * Constraints of tables. The index behind a key is a part of its constraint. Inherited checks and the copies of foreign keys in partitions follow from
 * those of the parent; NOT NULL is a property of its column, but for one that isn't valid yet.
 */
export const constraints: FactFamily = {
  name: 'constraints',
  properties: ['definition', 'validated', 'tablespace', 'attached to', 'valid'],
  written: ['definition'],
  outline: 'form',
  sql: (major) => `
    select 'constraint' as kind, quote_ident(k.conname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           case when k.convalidated ${major >= 18 ? 'or not k.conenforced' : ''} then pg_catalog.pg_get_constraintdef(k.oid)
             else regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') end as "definition",
           concat_ws(' ', k.contype, k.condeferrable, k.condeferred, k.connoinherit, k.confupdtype, k.confdeltype, k.confmatchtype,
             pg_catalog.cardinality(k.conkey)) as "form",
           case when k.convalidated ${major >= 18 ? 'or not k.conenforced' : ''} then 'yes' else 'no' end as "validated",
           case when i.reltablespace <> 0 then (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = i.reltablespace) end as "tablespace",
           case when i.relispartition then
             (select ${relationName('h.inhparent')} from pg_catalog.pg_inherits h where h.inhrelid = i.oid) end as "attached to",
           ${whyInvalid('x')} as "valid",
           case when i.reloptions is not null or x.indexprs is not null then
             (select jsonb_object_agg(p.option, p.value) from (${parametersOf('i.reloptions')} union all ${indexStatistics('i.oid')}) p) end as more
      from ${ourRelations(`'r', 'p', 'f'`)} r
      join pg_catalog.pg_constraint k on k.conrelid = r.oid
      left join pg_catalog.pg_index x on x.indexrelid = k.conindid and k.contype in ('p', 'u', 'x')
      left join pg_catalog.pg_class i on i.oid = x.indexrelid
     where k.contype in ('p', 'u', 'x') or (k.contype = 'f' and k.conparentid = 0) or (k.contype = 'c' and k.conislocal)
           or (k.contype = 'n' and k.conislocal and not k.convalidated)`,
};

/**
 * Checks and foreign keys that were inherited, and of which this table's part is validated where the parent's isn't (ALTER TABLE … VALIDATE CONSTRAINT on a
 * partition alone), or the other way. No dump keeps that.
 */
export const inheritedConstraints: FactFamily = {
  name: 'inherited constraints',
  catalog: 'pg_constraint',
  rowsOfCatalog: `c.coninhcount > 0 and c.contype in ('c', 'f')`,
  adds: true,
  properties: ['validated apart from its parent', 'enforced apart from its parent'],
  sql: (major) => `
    select 'constraint' as kind, quote_ident(k.conname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           case when bool_or(k.convalidated <> above.convalidated) then case when k.convalidated then 'yes' else 'no' end end
             as "validated apart from its parent",
           ${major >= 18 ? `case when bool_or(k.conenforced <> above.conenforced) then case when k.conenforced then 'yes' else 'no' end end` : 'null::text'}
             as "enforced apart from its parent",
           null::pg_catalog.jsonb as more
      from ${ourRelations(`'r', 'p', 'f'`)} r
      join pg_catalog.pg_constraint k on k.conrelid = r.oid
      join pg_catalog.pg_constraint above
        on k.contype = 'f' and above.oid = k.conparentid
        or k.contype = 'c' and above.contype = 'c' and above.conname = k.conname
           and above.conrelid in (select h.inhparent from pg_catalog.pg_inherits h where h.inhrelid = k.conrelid)
     where k.coninhcount > 0 and k.contype in ('c', 'f') and not k.conislocal
     group by k.oid, k.conname, k.convalidated, ${major >= 18 ? 'k.conenforced, ' : ''}r.name, r.oid
    having bool_or(k.convalidated <> above.convalidated${major >= 18 ? ' or k.conenforced <> above.conenforced' : ''})`,
};

/**
 * Foreign keys whose internal triggers don't fire as they should (ALTER TABLE … DISABLE TRIGGER ALL): they are enforced no longer, or only for one of both
 * tables. The copy in a partition is told where it is set otherwise than its parent.
 */
export const enforcingTriggers: FactFamily = {
  name: 'enforcing triggers',
  catalog: 'pg_trigger',
  rowsOfCatalog: `c.tgisinternal and c.tgenabled <> 'O'`,
  adds: true,
  properties: ['enforcing triggers'],
  sql: () => `
    select 'constraint' as kind, quote_ident(k.conname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           string_agg(pg_catalog.format('%I.%I on %s: %s', fn.nspname, f.proname, ${relationName('g.tgrelid')},
             case g.tgenabled when 'D' then 'disabled' when 'R' then 'on replicas' when 'A' then 'always' else 'enabled' end), ', '
             order by f.proname collate "C", ${relationName('g.tgrelid')} collate "C") as "enforcing triggers",
           null::jsonb as more
      from pg_catalog.pg_trigger g
      join pg_catalog.pg_constraint k on k.oid = g.tgconstraint
      join ${ourRelations(`'r', 'p', 'f'`)} r on r.oid = k.conrelid
      join pg_catalog.pg_proc f on f.oid = g.tgfoid
      join pg_catalog.pg_namespace fn on fn.oid = f.pronamespace
      left join pg_catalog.pg_trigger above on above.oid = g.tgparentid
     where g.tgisinternal and g.tgenabled <> coalesce(above.tgenabled, 'O')
     group by k.conname, r.name, r.oid`,
};
