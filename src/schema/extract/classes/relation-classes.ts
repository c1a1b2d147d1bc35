import { noMember, type ObjectClass, ownSchema, wanted } from './object-class.ts';

/** Tables that an extension brought along are told too, for what people add to them. */
function ownRelation(relation: string): string {
  return `(${relation}.relkind in ('r', 'p', 'f', 'm') or ${noMember('pg_class', `${relation}.oid`)})`;
}

const tableName = `format('%I.%I', n.nspname, c.relname)`;

/** Tables and views. */
const relations: ObjectClass = {
  catalog: 'pg_class',
  rows: () => `
    select c.oid, 0 as subid,
           case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'f' then 'foreign table' else 'table' end as kind,
           ${tableName} as name, case when ${ownSchema('n')} then ${tableName} end as parent, c.oid as home, '' as prefix,
           c.relowner as owner, c.relacl as acl, 'r' as acl_type, ${ownSchema('n')} and ${ownRelation('c')} as own
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_(toast|temp_)' and ${wanted('c.oid')}`,
};

/** A sequence that a column owns goes with the column’s table; that of an identity column is a part of the column. */
const sequences: ObjectClass = {
  catalog: 'pg_class',
  part: 'sequences',
  rows: () => `
    select c.oid, 0 as subid, case when o.deptype = 'i' then 'column' else 'sequence' end as kind,
           case when o.deptype = 'i' then
             format('%I.%I.%I', tn.nspname, t.relname,
               (select a.attname from pg_catalog.pg_attribute a where a.attrelid = o.refobjid and a.attnum = o.refobjsubid))
             else ${tableName} end as name,
           case when not ${ownSchema('n')} then null
                when o.refobjid is not null then format('%I.%I', tn.nspname, t.relname) else ${tableName} end as parent,
           c.oid as home,
           case when o.deptype = 'i' then 'identity sequence ' else '' end as prefix,
           c.relowner as owner, c.relacl as acl, 's' as acl_type,
           ${ownSchema('n')} and ${noMember('pg_class', 'c.oid')} as own
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join (pg_catalog.pg_sequence q
                 join pg_catalog.pg_depend o on o.objid = q.seqrelid
                 join pg_catalog.pg_class t on t.oid = o.refobjid
                 join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace)
        on o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.objid = c.oid and o.objsubid = 0
       and o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass and o.refobjsubid > 0 and o.deptype in ('a', 'i')
     where c.relkind = 'S' and n.nspname !~ '^pg_(toast|temp_)' and ${wanted('c.oid')}`,
};

/** Columns, and the attributes of composite types. Only for what is said of a few of them: comments, rights, labels. */
const columns: ObjectClass = {
  parts: true,
  catalog: 'pg_class',
  part: 'columns',
  rows: () => `
    select c.oid, a.attnum::int as subid,
           case c.relkind when 'c' then 'type' else 'column' end as kind,
           case c.relkind when 'c' then ${tableName} else ${tableName} || '.' || quote_ident(a.attname) end as name,
           case when ${ownSchema('n')} then ${tableName} end as parent,
           case c.relkind when 'c' then c.reltype else c.oid end as home,
           case c.relkind when 'c' then 'attribute ' || quote_ident(a.attname) || ' ' else '' end as prefix,
           c.relowner as owner, a.attacl as acl, 'c' as acl_type,
           ${ownSchema('n')} and ${ownRelation('c')} as own
      from pg_catalog.pg_attribute a
      join pg_catalog.pg_class c on c.oid = a.attrelid
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'c') and a.attnum > 0 and not a.attisdropped and n.nspname !~ '^pg_(toast|temp_)'
       and ${wanted("case c.relkind when 'c' then c.reltype else c.oid end")}`,
};

/** Indexes; one behind a constraint is a part of it. */
const indexes: ObjectClass = {
  parts: true,
  withoutRights: true,
  catalog: 'pg_class',
  part: 'indexes',
  rows: () => `
    select c.oid, 0 as subid,
           case when k.oid is null then 'index' else 'constraint' end as kind,
           case when k.oid is null then ${tableName} else format('%I on %I.%I', k.conname, n.nspname, t.relname) end as name,
           format('%I.%I', n.nspname, t.relname) as parent, t.oid as home,
           case when k.oid is null then '' else 'index ' end as prefix,
           null::pg_catalog.oid as owner, null::pg_catalog.aclitem[] as acl, null as acl_type,
           ${ownSchema('n')} and ${ownRelation('t')} as own
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_index i on i.indexrelid = c.oid
      join pg_catalog.pg_class t on t.oid = i.indrelid
      left join pg_catalog.pg_constraint k on k.conindid = c.oid and k.conrelid = t.oid and k.contype in ('p', 'u', 'x')
     where ${wanted('t.oid')}`,
};

/** What is named on a table: `audited on public.invoice`. */
function onTable(catalog: string, kind: string, row: { alias: string; name: string; table: string; where?: string }): ObjectClass {
  return {
    parts: true,
    withoutRights: true,
    catalog,
    rows: () => `
      select ${row.alias}.oid, 0 as subid, '${kind}' as kind, format('%I on %I.%I', ${row.name}, n.nspname, c.relname) as name, ${tableName} as parent,
             c.oid as home, '' as prefix, null::pg_catalog.oid as owner, null::pg_catalog.aclitem[] as acl, null as acl_type,
             ${ownSchema('n')} and ${ownRelation('c')} as own
        from pg_catalog.${catalog} ${row.alias}
        join pg_catalog.pg_class c on c.oid = ${row.table}
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
       where ${row.where ?? 'true'} and ${wanted('c.oid')}`,
  };
}

const constraints = onTable('pg_constraint', 'constraint', { alias: 'k', name: 'k.conname', table: 'k.conrelid', where: 'k.conrelid <> 0' });
const triggers = onTable('pg_trigger', 'trigger', { alias: 'g', name: 'g.tgname', table: 'g.tgrelid', where: 'not g.tgisinternal' });
const rules = onTable('pg_rewrite', 'rule', { alias: 'r', name: 'r.rulename', table: 'r.ev_class', where: `r.rulename <> '_RETURN'` });
const policies = onTable('pg_policy', 'policy', { alias: 'p', name: 'p.polname', table: 'p.polrelid' });

/** Constraints of domains are properties of the domain. */
const domainConstraints: ObjectClass = {
  parts: true,
  withoutRights: true,
  catalog: 'pg_constraint',
  rows: () => `
    select k.oid, 0 as subid, 'domain' as kind, format('%I.%I', n.nspname, t.typname) as name, format('%I.%I', n.nspname, t.typname) as parent,
           t.oid as home, 'constraint ' || quote_ident(k.conname) || ' ' as prefix,
           null::pg_catalog.oid as owner, null::pg_catalog.aclitem[] as acl, null as acl_type,
           ${ownSchema('n')} and ${noMember('pg_type', 't.oid')} as own
      from pg_catalog.pg_constraint k
      join pg_catalog.pg_type t on t.oid = k.contypid
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
     where ${wanted('t.oid')}`,
};

const statistics: ObjectClass = {
  withoutRights: true,
  catalog: 'pg_statistic_ext',
  rows: () => `
    select s.oid, 0 as subid, 'statistics' as kind, format('%I.%I', n.nspname, s.stxname) as name, null as parent, s.stxrelid as home, '' as prefix,
           s.stxowner as owner, null::pg_catalog.aclitem[] as acl, null as acl_type,
           ${ownSchema('n')} and ${noMember('pg_statistic_ext', 's.oid')} as own
      from pg_catalog.pg_statistic_ext s
      join pg_catalog.pg_namespace n on n.oid = s.stxnamespace
     where ${wanted('s.stxrelid')}`,
};

/** Classes of what is a part of a database's tables, or a relation itself. */
export const relationClasses: readonly ObjectClass[] = [
  relations,
  sequences,
  columns,
  indexes,
  constraints,
  triggers,
  rules,
  policies,
  domainConstraints,
  statistics,
];
