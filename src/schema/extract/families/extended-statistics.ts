import type { FactFamily } from '../fact-family.ts';
import { ourRelations } from '../our-relations.ts';

/** Extended statistics (CREATE STATISTICS) with their targets. */
export const extendedStatistics: FactFamily = {
  name: 'extended statistics',
  catalog: 'pg_statistic_ext',
  properties: ['definition', 'statistics target'],
  sql: () => `
    select 'statistics' as kind, format('%I.%I', n.nspname, s.stxname) as name, r.name as parent, r.oid as home,
           pg_catalog.pg_get_statisticsobjdef(s.oid) as "definition",
           nullif(s.stxstattarget, -1)::text as "statistics target",
           null::jsonb as more
      from ${ourRelations(`'r', 'p', 'm', 'f'`)} r
      join pg_catalog.pg_statistic_ext s on s.stxrelid = r.oid
      join pg_catalog.pg_namespace n on n.oid = s.stxnamespace`,
};
