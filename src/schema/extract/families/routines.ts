import { hideSetting } from '../../compare/hide-secrets.ts';
import { ownRows } from '../classes/object-class.ts';
import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** Functions and procedures. */
export const routines: FactFamily = {
  name: 'routines',
  catalog: 'pg_proc',
  properties: ['arguments', 'returns', 'security', 'attributes', 'body'],
  keep: ({ property, value }) => (property.startsWith('setting ') ? hideSetting(property, value) : value),
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           pg_catalog.pg_get_function_arguments(o.oid) as "arguments",
           pg_catalog.pg_get_function_result(o.oid) as "returns",
           case when p.prosecdef then 'definer' else 'invoker' end as "security",
           concat_ws(' ',
             'LANGUAGE ' || quote_ident(l.lanname),
             (select 'TRANSFORM ' || string_agg('FOR TYPE ' || pg_catalog.format_type(t.type, null), ', ' order by t.place)
                from unnest(p.protrftypes) with ordinality t (type, place)),
             case when p.prokind = 'w' then 'WINDOW' end,
             case p.provolatile when 'i' then 'IMMUTABLE' when 's' then 'STABLE' end,
             case when p.proisstrict then 'STRICT' end,
             case when p.proleakproof then 'LEAKPROOF' end,
             case when p.procost <> case when l.lanname in ('internal', 'c') then 1 else 100 end then 'COST ' || p.procost end,
             case when p.proretset and p.prorows <> 1000 then 'ROWS ' || p.prorows end,
             case when p.prosupport <> 0 then 'SUPPORT ' || p.prosupport::pg_catalog.regproc end,
             case p.proparallel when 's' then 'PARALLEL SAFE' when 'r' then 'PARALLEL RESTRICTED' end) as "attributes",
           case ${major >= 14 ? 'when p.prosqlbody is not null then pg_catalog.pg_get_function_sqlbody(o.oid)' : ''}
                when p.probin is not null then quote_literal(p.probin) || ', ' || quote_literal(p.prosrc) else p.prosrc end as "body",
           (select jsonb_object_agg('setting ' || split_part(s, '=', 1), substr(s, strpos(s, '=') + 1)) from unnest(p.proconfig) s) as more
      from ${rowsOfClass('pg_proc', major)} o
      join pg_catalog.pg_proc p on p.oid = o.oid
      join pg_catalog.pg_language l on l.oid = p.prolang
     where o.own and p.prokind <> 'a'`,
};

/** Aggregates: of what functions they are made. */
export const aggregates: FactFamily = {
  name: 'aggregates',
  catalog: 'pg_proc',
  rowsOfCatalog: `c.prokind = 'a' and ${ownRows('pg_proc')}`,
  properties: ['arguments', 'definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           pg_catalog.pg_get_function_arguments(o.oid) as "arguments",
           concat_ws(e',\\n',
             'SFUNC = ' || a.aggtransfn::pg_catalog.regprocedure, 'STYPE = ' || pg_catalog.format_type(a.aggtranstype, null),
             case when a.aggtransspace <> 0 then 'SSPACE = ' || a.aggtransspace end,
             case when a.aggfinalfn <> 0 then 'FINALFUNC = ' || a.aggfinalfn::pg_catalog.regprocedure end,
             case when a.aggfinalextra then 'FINALFUNC_EXTRA' end,
             case when a.aggfinalmodify <> case a.aggkind when 'n' then 'r' else 'w' end then 'FINALFUNC_MODIFY = ' || a.aggfinalmodify::text end,
             case when a.aggcombinefn <> 0 then 'COMBINEFUNC = ' || a.aggcombinefn::pg_catalog.regprocedure end,
             case when a.aggserialfn <> 0 then 'SERIALFUNC = ' || a.aggserialfn::pg_catalog.regprocedure end,
             case when a.aggdeserialfn <> 0 then 'DESERIALFUNC = ' || a.aggdeserialfn::pg_catalog.regprocedure end,
             'INITCOND = ' || quote_literal(a.agginitval),
             case when a.aggmtransfn <> 0 then 'MSFUNC = ' || a.aggmtransfn::pg_catalog.regprocedure end,
             case when a.aggminvtransfn <> 0 then 'MINVFUNC = ' || a.aggminvtransfn::pg_catalog.regprocedure end,
             case when a.aggmtranstype <> 0 then 'MSTYPE = ' || pg_catalog.format_type(a.aggmtranstype, null) end,
             case when a.aggmtransspace <> 0 then 'MSSPACE = ' || a.aggmtransspace end,
             case when a.aggmfinalfn <> 0 then 'MFINALFUNC = ' || a.aggmfinalfn::pg_catalog.regprocedure end,
             case when a.aggmfinalextra then 'MFINALFUNC_EXTRA' end,
             case when a.aggmfinalmodify <> case a.aggkind when 'n' then 'r' else 'w' end then 'MFINALFUNC_MODIFY = ' || a.aggmfinalmodify::text end,
             'MINITCOND = ' || quote_literal(a.aggminitval),
             case when a.aggsortop <> 0 then 'SORTOP = ' || a.aggsortop::pg_catalog.regoperator end,
             case when a.aggnumdirectargs <> 0 then 'DIRECT ARGUMENTS = ' || a.aggnumdirectargs end,
             case p.proparallel when 's' then 'PARALLEL = safe' when 'r' then 'PARALLEL = restricted' end,
             case a.aggkind when 'o' then 'ORDERED SET' when 'h' then 'HYPOTHETICAL' end) as "definition",
           null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_proc', major)} o
      join pg_catalog.pg_proc p on p.oid = o.oid
      join pg_catalog.pg_aggregate a on a.aggfnoid = o.oid
     where o.own`,
};
