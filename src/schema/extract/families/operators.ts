import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

export const operators: FactFamily = {
  name: 'operators',
  catalog: 'pg_operator',
  ownOnly: true,
  properties: ['definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           concat_ws(e',\\n',
             'FUNCTION = ' || p.oprcode::pg_catalog.regprocedure,
             case when p.oprcom <> 0 then 'COMMUTATOR = ' || p.oprcom::pg_catalog.regoperator end,
             case when p.oprnegate <> 0 then 'NEGATOR = ' || p.oprnegate::pg_catalog.regoperator end,
             case when p.oprrest <> 0 then 'RESTRICT = ' || p.oprrest::pg_catalog.regprocedure end,
             case when p.oprjoin <> 0 then 'JOIN = ' || p.oprjoin::pg_catalog.regprocedure end,
             case when p.oprcanhash then 'HASHES' end,
             case when p.oprcanmerge then 'MERGES' end) as "definition",
           null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_operator', major)} o
      join pg_catalog.pg_operator p on p.oid = o.oid
     where o.own`,
};

/** The operators and functions of a class or family, each with its place, as lines of one text or as properties. */
const members = `
  select d.refclassid, d.refobjid, 'operator ' || m.amopstrategy || ' (' || pg_catalog.format_type(m.amoplefttype, null) || ', '
           || pg_catalog.format_type(m.amoprighttype, null) || ')' as place,
         m.amopopr::pg_catalog.regoperator::text || case m.amoppurpose when 'o' then ' FOR ORDER BY ' || format('%I.%I', fn.nspname, f.opfname) else '' end as member
    from pg_catalog.pg_amop m
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amop'::pg_catalog.regclass and d.objid = m.oid and d.objsubid = 0
    left join pg_catalog.pg_opfamily f on f.oid = m.amopsortfamily
    left join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace
   -- One that sorts by another family depends on that one too.
   where d.refclassid <> 'pg_catalog.pg_opfamily'::pg_catalog.regclass or d.refobjid = m.amopfamily
  union all
  select d.refclassid, d.refobjid, 'function ' || m.amprocnum || ' (' || pg_catalog.format_type(m.amproclefttype, null) || ', '
           || pg_catalog.format_type(m.amprocrighttype, null) || ')', m.amproc::pg_catalog.regprocedure::text
    from pg_catalog.pg_amproc m
    join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_amproc'::pg_catalog.regclass and d.objid = m.oid and d.objsubid = 0`;

/** Operator classes with the members that can't be without them. */
export const operatorClasses: FactFamily = {
  name: 'operator classes',
  catalog: 'pg_opclass',
  ownOnly: true,
  properties: ['definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           concat_ws(e',\\n',
             'FOR TYPE ' || pg_catalog.format_type(c.opcintype, null), case when c.opcdefault then 'DEFAULT' end,
             'FAMILY ' || format('%I.%I', fn.nspname, f.opfname),
             case when c.opckeytype <> 0 and c.opckeytype <> c.opcintype then 'STORAGE ' || pg_catalog.format_type(c.opckeytype, null) end,
             (select string_agg(m.place || ' ' || m.member, e',\\n' order by m.place collate "C", m.member collate "C") from (${members}) m
               where m.refclassid = 'pg_catalog.pg_opclass'::pg_catalog.regclass and m.refobjid = o.oid)) as "definition",
           null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_opclass', major)} o
      join pg_catalog.pg_opclass c on c.oid = o.oid
      join pg_catalog.pg_opfamily f on f.oid = c.opcfamily
      join pg_catalog.pg_namespace fn on fn.oid = f.opfnamespace
     where o.own`,
};

/** Operator families with the members that were added to the family itself. */
export const operatorFamilies: FactFamily = {
  name: 'operator families',
  catalog: 'pg_opfamily',
  ownOnly: true,
  properties: ['definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home, 'USING ' || quote_ident(a.amname) as "definition",
           (select jsonb_object_agg(m.place, m.member) from (${members}) m
             where m.refclassid = 'pg_catalog.pg_opfamily'::pg_catalog.regclass and m.refobjid = o.oid) as more
      from ${rowsOfClass('pg_opfamily', major)} o
      join pg_catalog.pg_opfamily f on f.oid = o.oid
      join pg_catalog.pg_am a on a.oid = f.opfmethod
     where o.own`,
};
