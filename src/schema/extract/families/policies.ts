import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';

/** Policies of row security. */
export const policies: FactFamily = {
  name: 'policies',
  catalog: 'pg_policy',
  // What people call its kind can't be a column of the query: that one is the object's.
  properties: ['command', 'roles', 'using', 'with check'],
  written: ['using', 'with check'],
  sql: () => `
    select 'policy' as kind, quote_ident(p.polname) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end as "command",
           (select string_agg(u.role, ', ' order by u.role collate "C")
              from (select case when o.oid = 0 then 'PUBLIC' else quote_ident(pg_catalog.pg_get_userbyid(o.oid)) end as role
                      from unnest(p.polroles) o (oid)) u) as "roles",
           '(' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')' as "using",
           '(' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')' as "with check",
           jsonb_build_object('kind', case when p.polpermissive then 'permissive' else 'restrictive' end) as more
      from ${ourRelations(`'r', 'p'`)} r
      join pg_catalog.pg_policy p on p.polrelid = r.oid`,
};
