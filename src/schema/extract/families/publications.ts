import { hideSetting } from '../../compare/hide-secrets.ts';
import { wanted } from '../classes/object-class.ts';
import { rowsOfClass } from '../classes/object-classes.ts';
import type { FactFamily } from '../fact-family.ts';

/** The filter and the columns of a published table; before version 15 there are none. */
function restriction(major: number): string {
  if (major < 15) return `'published'`;
  return `coalesce(nullif(concat_ws(' ',
    (select '(' || string_agg(quote_ident(a.attname), ', ' order by a.attname collate "C") || ')'
       from pg_catalog.pg_attribute a where a.attrelid = r.prrelid and a.attnum = any (r.prattrs)),
    'WHERE (' || pg_catalog.pg_get_expr(r.prqual, r.prrelid) || ')'), ''), 'published')`;
}

/** Publications: which operations, of which tables and schemas. */
export const publications: FactFamily = {
  name: 'publications',
  catalog: 'pg_publication',
  properties: ['definition'],
  sql: (major) => `
    select o.kind, o.name, o.parent, o.home,
           concat_ws(', ', case when p.puballtables then 'FOR ALL TABLES' end,
             'publish = ' || quote_literal(concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
                                                           case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end)),
             case when p.pubviaroot then 'publish_via_partition_root' end${
               major >= 18 ? `,\n             case p.pubgencols when 's' then 'publish_generated_columns = stored' end` : ''
             }) as "definition",
           (select jsonb_object_agg(m.member, m.how)
              from (select 'table ' || format('%I.%I', n.nspname, c.relname) as member, ${restriction(major)} as how
                      from pg_catalog.pg_publication_rel r
                      join pg_catalog.pg_class c on c.oid = r.prrelid
                      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                     where r.prpubid = o.oid${
                       major >= 15
                         ? `
                    union all
                    select 'schema ' || quote_ident(n.nspname), 'published'
                      from pg_catalog.pg_publication_namespace s
                      join pg_catalog.pg_namespace n on n.oid = s.pnnspid
                     where s.pnpubid = o.oid`
                         : ''
                     }) m) as more
      from ${rowsOfClass('pg_publication', major)} o
      join pg_catalog.pg_publication p on p.oid = o.oid
     where o.own`,
};

const named = `'subscription' as kind, quote_ident(s.subname) as name, null as parent`;
const inThisDatabase = `s.subdbid = (select d.oid from pg_catalog.pg_database d where d.datname = pg_catalog.current_database())`;

/** Subscriptions, but for where they connect to. How far tables have been copied is no schema. */
export const subscriptions: FactFamily = {
  name: 'subscriptions',
  needs: ['pg_subscription.oid', 'pg_subscription.subsynccommit'],
  properties: ['definition', 'enabled', 'owner', 'comment'],
  sql: (major) => `
    select ${named}, s.oid as home,
           concat_ws(', ', 'PUBLICATION ' || (select string_agg(quote_ident(p), ', ' order by p collate "C") from unnest(s.subpublications) p),
             'slot_name = ' || coalesce(quote_literal(s.subslotname), 'NONE'), 'synchronous_commit = ' || quote_literal(s.subsynccommit)${
               major >= 14 ? `,\n             case when s.subbinary then 'binary' end, ${streaming(major)}` : ''
             }${
               major >= 15
                 ? `,\n             case when s.subtwophasestate <> 'd' then 'two_phase' end, case when s.subdisableonerr then 'disable_on_error' end`
                 : ''
             }${
               major >= 16
                 ? `,\n             case when not s.subpasswordrequired then 'password_required = false' end, case when s.subrunasowner then 'run_as_owner' end,
             case when s.suborigin <> 'any' then 'origin = ' || s.suborigin end`
                 : // Older servers always work as the subscription's owner.
                   `,\n             'run_as_owner'`
             }${major >= 17 ? `,\n             case when s.subfailover then 'failover' end` : ''}) as "definition",
           case when s.subenabled then 'yes' else 'no' end as "enabled",
           quote_ident(pg_catalog.pg_get_userbyid(s.subowner)) as "owner",
           quote_literal(pg_catalog.obj_description(s.oid, 'pg_subscription')) as "comment",
           (select jsonb_object_agg('security label ' || quote_ident(l.provider), quote_literal(l.label)) from pg_catalog.pg_seclabel l
             where l.classoid = 'pg_catalog.pg_subscription'::pg_catalog.regclass and l.objoid = s.oid) as more
      from pg_catalog.pg_subscription s
     where ${inThisDatabase} and ${wanted('s.oid')}`,
};

/** A boolean until version 15, then a letter. */
function streaming(major: number): string {
  return major >= 16
    ? `case s.substream when 't' then 'streaming = on' when 'p' then 'streaming = parallel' end`
    : `case when s.substream then 'streaming = on' end`;
}

/** Where subscriptions connect to: compared, never shown. */
export const subscriptionConnections: FactFamily = {
  name: 'subscription connections',
  adds: true,
  needs: ['pg_subscription.oid', 'pg_subscription.subconninfo'],
  properties: ['connection'],
  keep: ({ value }) => hideSetting('secret', value),
  sql: () => `
    select ${named}, s.oid as home, s.subconninfo as "connection", null::pg_catalog.jsonb as more
      from pg_catalog.pg_subscription s
     where ${inThisDatabase} and ${wanted('s.oid')}`,
};
