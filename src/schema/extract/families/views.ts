import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { extensionMembers, joinComment, parametersOf, relationOwner } from '../sql-pieces.ts';

/** Views and materialized views. */
export const views: FactFamily = {
  name: 'views',
  properties: ['definition', 'check option', 'populated', 'replica identity', 'clustered on', 'tablespace', 'access method', 'extension', 'owner', 'comment'],
  written: ['definition'],
  sql: () => `
    select case r.relkind when 'm' then 'materialized view' else 'view' end as kind, r.name, r.name as parent, r.oid as home,
           rtrim(pg_catalog.pg_get_viewdef(r.oid), ';') as "definition",
           (select p.option_value from pg_catalog.pg_options_to_table(r.reloptions) p where p.option_name = 'check_option') as "check option",
           case when r.relkind = 'm' then case when r.relispopulated then 'yes' else 'no' end end as "populated",
           case when r.relkind = 'm' then case r.relreplident when 'n' then 'NOTHING' when 'f' then 'FULL' when 'i' then 'USING INDEX ' ||
             coalesce((select quote_ident(ic.relname) from pg_catalog.pg_index x join pg_catalog.pg_class ic on ic.oid = x.indexrelid
                        where x.indrelid = r.oid and x.indisreplident), 'that was dropped') end end as "replica identity",
           (select quote_ident(ic.relname) from pg_catalog.pg_index x join pg_catalog.pg_class ic on ic.oid = x.indexrelid
             where x.indrelid = r.oid and x.indisclustered) as "clustered on",
           case when r.reltablespace <> 0 then (select quote_ident(s.spcname) from pg_catalog.pg_tablespace s where s.oid = r.reltablespace) end as "tablespace",
           (select quote_ident(m.amname) from pg_catalog.pg_am m where m.oid = r.relam) as "access method",
           e.extension as "extension",
           ${relationOwner} as "owner",
           quote_literal(d.description) as "comment",
           (select jsonb_object_agg(p.option, p.value)
              from (${parametersOf('r.reloptions')} union all ${parametersOf('t.reloptions', 'toast.')}) p
             where p.option <> 'parameter check_option') as more
      from ${ourRelations(`'v', 'm'`)} r
      left join pg_catalog.pg_class t on t.oid = r.reltoastrelid and t.relkind = 't' and t.reloptions is not null
      left join ${extensionMembers} e on e.objid = r.oid
      ${joinComment}`,
};
