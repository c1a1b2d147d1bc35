import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';
import { whenEnabled } from '../sql-pieces.ts';

/** Rules but those that are a view's query. */
export const rules: FactFamily = {
  name: 'rules',
  catalog: 'pg_rewrite',
  rowsOfCatalog: `c.oid >= 16384 and c.rulename <> '_RETURN'`,
  properties: ['definition', 'enabled'],
  written: ['definition'],
  sql: () => `
    select 'rule' as kind, quote_ident(w.rulename) || ' on ' || r.name as name, r.name as parent, r.oid as home,
           rtrim(substr(pg_catalog.pg_get_ruledef(w.oid), length('CREATE RULE ' || quote_ident(w.rulename) || ' ') + 1), ';') as "definition",
           ${whenEnabled('w.ev_enabled')} as "enabled",
           null::jsonb as more
      from ${ourRelations(`'r', 'p', 'v', 'm', 'f'`)} r
      join pg_catalog.pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'`,
};
