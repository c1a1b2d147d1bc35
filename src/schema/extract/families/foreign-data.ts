import { hideSetting } from '../../compare/hide-secrets.ts';
import { wanted } from '../classes/object-class.ts';
import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** SQL: one property for each option. */
function options(list: string): string {
  return `(select jsonb_object_agg('option ' || quote_ident(option_name), coalesce(option_value, '')) from pg_catalog.pg_options_to_table(${list}))`;
}

/** Against advice, passwords stand in options of servers too. */
const keep: FactFamily['keep'] = ({ property, value }) => (property.startsWith('option ') ? hideSetting(property, value) : value);

export const foreignDataWrappers: FactFamily = {
  name: 'foreign data wrappers',
  catalog: 'pg_foreign_data_wrapper',
  properties: ['definition'],
  keep,
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           nullif(concat_ws(' ', case when w.fdwhandler <> 0 then 'HANDLER ' || w.fdwhandler::pg_catalog.regproc end,
             case when w.fdwvalidator <> 0 then 'VALIDATOR ' || w.fdwvalidator::pg_catalog.regproc end), '') as "definition",
           ${options('w.fdwoptions')} as more
      from ${rowsOfClass('pg_foreign_data_wrapper', major)} o
      join pg_catalog.pg_foreign_data_wrapper w on w.oid = o.oid
     where o.own`,
};

export const foreignServers: FactFamily = {
  name: 'foreign servers',
  catalog: 'pg_foreign_server',
  properties: ['definition'],
  keep,
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           concat_ws(' ', 'TYPE ' || quote_literal(s.srvtype), 'VERSION ' || quote_literal(s.srvversion), 'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname)) as "definition",
           ${options('s.srvoptions')} as more
      from ${rowsOfClass('pg_foreign_server', major)} o
      join pg_catalog.pg_foreign_server s on s.oid = o.oid
      join pg_catalog.pg_foreign_data_wrapper w on w.oid = s.srvfdw
     where o.own`,
};

/** The view shows that a mapping is there to everybody, which may name it by a number that no role can read. */
const mappings = `'user mapping' as kind, format('FOR %s SERVER %I', case when u.umuser = 0 then 'public' else quote_ident(u.usename) end, u.srvname) as name,
  null as parent, u.umid as home`;

export const userMappings: FactFamily = {
  name: 'user mappings',
  catalog: 'pg_foreign_server',
  properties: [],
  sql: () => `
    select ${mappings}, null::pg_catalog.jsonb as more
      from pg_catalog.pg_user_mappings u
     where ${wanted('u.umid')}`,
};

/** How users log in elsewhere: compared, never shown. */
export const userMappingOptions: FactFamily = {
  name: 'options of user mappings',
  catalog: 'pg_foreign_server',
  adds: true,
  needs: ['pg_user_mapping.umoptions'],
  properties: [],
  keep: ({ value }) => hideSetting('secret', value),
  sql: () => `
    select ${mappings}, ${options('u.umoptions')} as more
      from pg_catalog.pg_user_mappings u
     where ${wanted('u.umid')}`,
};
