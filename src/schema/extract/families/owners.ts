import { union } from '../classes/object-class.ts';
import { objectClasses } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** Whose each object is. A sequence of an identity column always has the owner of its table. */
export const owners: FactFamily = {
  name: 'owners',
  adds: true,
  properties: ['owner'],
  sql: (major) =>
    union(
      objectClasses.filter((one) => !one.parts),
      major,
      (_, rows) => `
      select o.kind, o.name, o.parent, o.home, quote_ident(pg_catalog.pg_get_userbyid(o.owner)) as "owner", null::pg_catalog.jsonb as more
        from ${rows} o
       where o.own and o.owner is not null and o.prefix = ''`,
    ),
};
