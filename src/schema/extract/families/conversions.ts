import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** A family of objects that are told by one text. */
function definitions(name: string, catalog: string, alias: string, definition: string | ((major: number) => string), join = ''): FactFamily {
  return {
    name,
    catalog,
    ownOnly: true,
    properties: ['definition'],
    sql: (major) => `
      select o.kind, o.name, o.parent, o.home, ${typeof definition === 'string' ? definition : definition(major)} as "definition", null::pg_catalog.jsonb as more
        from ${rowsOfClass(catalog, major)} o
        join pg_catalog.${catalog} ${alias} on ${alias}.oid = o.oid
        ${join}
       where o.own`,
  };
}

/** What converts one thing into another, and what makes languages and storage: casts, conversions, transforms, languages, access methods. */
export const conversionFamilies: readonly FactFamily[] = [
  definitions(
    'casts',
    'pg_cast',
    'c',
    `concat(case c.castmethod when 'f' then 'WITH FUNCTION ' || c.castfunc::pg_catalog.regprocedure when 'i' then 'WITH INOUT' else 'WITHOUT FUNCTION' end,
            case c.castcontext when 'a' then ' AS ASSIGNMENT' when 'i' then ' AS IMPLICIT' end)`,
  ),
  definitions(
    'conversions',
    'pg_conversion',
    'c',
    `format('%sFOR %L TO %L FROM %s', case when c.condefault then 'DEFAULT ' end, pg_catalog.pg_encoding_to_char(c.conforencoding),
            pg_catalog.pg_encoding_to_char(c.contoencoding), c.conproc::pg_catalog.regproc)`,
  ),
  definitions(
    'transforms',
    'pg_transform',
    't',
    `concat_ws(', ', case when t.trffromsql <> 0 then 'FROM SQL WITH FUNCTION ' || t.trffromsql::pg_catalog.regprocedure end,
            case when t.trftosql <> 0 then 'TO SQL WITH FUNCTION ' || t.trftosql::pg_catalog.regprocedure end)`,
  ),
  definitions(
    'languages',
    'pg_language',
    'l',
    `concat_ws(' ', case when l.lanpltrusted then 'TRUSTED' end, case when l.lanplcallfoid <> 0 then 'HANDLER ' || l.lanplcallfoid::pg_catalog.regproc end,
            case when l.laninline <> 0 then 'INLINE ' || l.laninline::pg_catalog.regproc end,
            case when l.lanvalidator <> 0 then 'VALIDATOR ' || l.lanvalidator::pg_catalog.regproc end)`,
  ),
  definitions(
    'access methods',
    'pg_am',
    'a',
    `format('TYPE %s HANDLER %s', case a.amtype when 't' then 'TABLE' else 'INDEX' end, a.amhandler::pg_catalog.regproc)`,
  ),
  definitions(
    'text search parsers',
    'pg_ts_parser',
    'p',
    `concat_ws(', ', 'START = ' || p.prsstart, 'GETTOKEN = ' || p.prstoken, 'END = ' || p.prsend, case when p.prsheadline <> 0 then 'HEADLINE = ' || p.prsheadline end,
            'LEXTYPES = ' || p.prslextype)`,
  ),
  definitions(
    'text search templates',
    'pg_ts_template',
    't',
    `concat_ws(', ', case when t.tmplinit <> 0 then 'INIT = ' || t.tmplinit end, 'LEXIZE = ' || t.tmpllexize)`,
  ),
  definitions(
    'text search dictionaries',
    'pg_ts_dict',
    'd',
    `concat_ws(', ', 'TEMPLATE = ' || format('%I.%I', mn.nspname, m.tmplname), d.dictinitoption)`,
    `join pg_catalog.pg_ts_template m on m.oid = d.dicttemplate
     join pg_catalog.pg_namespace mn on mn.oid = m.tmplnamespace`,
  ),
];

/** Text search configurations: which dictionaries each kind of token goes through, in their order. */
export const textSearchConfigurations: FactFamily = {
  name: 'text search configurations',
  catalog: 'pg_ts_config',
  properties: ['definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home, 'PARSER = ' || format('%I.%I', pn.nspname, p.prsname) as "definition",
           (select jsonb_object_agg('mapping for ' || coalesce(quote_ident(m.alias), m.maptokentype::text), m.dictionaries)
              from (select t.alias, m.maptokentype,
                           string_agg(case dn.nspname when 'pg_catalog' then quote_ident(d.dictname) else format('%I.%I', dn.nspname, d.dictname) end, ', '
                             order by m.mapseqno) as dictionaries
                      from pg_catalog.pg_ts_config_map m
                      join pg_catalog.pg_ts_dict d on d.oid = m.mapdict
                      join pg_catalog.pg_namespace dn on dn.oid = d.dictnamespace
                      left join pg_catalog.ts_token_type(c.cfgparser) t on t.tokid = m.maptokentype
                     where m.mapcfg = o.oid
                     group by 1, 2) m) as more
      from ${rowsOfClass('pg_ts_config', major)} o
      join pg_catalog.pg_ts_config c on c.oid = o.oid
      join pg_catalog.pg_ts_parser p on p.oid = c.cfgparser
      join pg_catalog.pg_namespace pn on pn.oid = p.prsnamespace
     where o.own`,
};

/** The locale's name: versions keep it in columns of different names, and the oldest have one for each use. */
function locale(major: number): string {
  const own = major >= 17 ? 'c.colllocale' : major >= 15 ? 'c.colliculocale' : 'null::text';
  return `concat_ws(', ', 'provider = ' || case c.collprovider when 'c' then 'libc' when 'i' then 'icu' when 'b' then 'builtin' when 'd' then 'default' end,
    case when not c.collisdeterministic then 'deterministic = false' end,
    case when ${own} is not null then 'locale = ' || quote_literal(${own})
         when c.collcollate = c.collctype then 'locale = ' || quote_literal(c.collcollate)
         else concat_ws(', ', 'lc_collate = ' || quote_literal(c.collcollate), 'lc_ctype = ' || quote_literal(c.collctype)) end${
           major >= 16 ? `,\n    'rules = ' || quote_literal(c.collicurules)` : ''
         })`;
}

/** Collations. The version is that of the library when the collation was made: a fact of the environment. */
export const collations: FactFamily = {
  name: 'collations',
  catalog: 'pg_collation',
  properties: ['definition', 'version'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home, ${locale(major)} as "definition", c.collversion as "version", null::pg_catalog.jsonb as more
      from ${rowsOfClass('pg_collation', major)} o
      join pg_catalog.pg_collation c on c.oid = o.oid
     where o.own`,
};
