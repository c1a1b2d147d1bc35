import { firstUserOid, noMember, type ObjectClass, wanted } from './object-class.ts';

interface InDatabase {
  readonly catalog: string;
  readonly alias: string;
  readonly kind: string;
  /** SQL. */
  readonly name: string;
  readonly owner?: string;
  readonly acl?: string;
  readonly aclType?: string;
  readonly join?: string;
  readonly where?: string;
  readonly own?: string;
}

/** Objects that live in no schema. */
function inDatabase(one: InDatabase): ObjectClass {
  const oid = `${one.alias}.oid`;
  return {
    catalog: one.catalog,
    ...(one.acl === undefined && { withoutRights: true }),
    rows: () => `
      select ${oid}, 0 as subid, '${one.kind}' as kind, ${one.name} as name, null as parent, ${oid} as home, '' as prefix,
             ${one.owner ?? 'null::pg_catalog.oid'} as owner, ${one.acl ?? 'null::pg_catalog.aclitem[]'} as acl,
             ${one.aclType === undefined ? 'null' : `'${one.aclType}'`} as acl_type,
             ${one.own ?? `${oid} >= ${firstUserOid}`} and ${noMember(one.catalog, oid)} as own
        from pg_catalog.${one.catalog} ${one.alias}
        ${one.join ?? ''}
       where ${one.where ?? 'true'} and ${wanted(oid)}`,
  };
}

/** More large objects than this are told by a sum for each owner: applications keep them by the million. */
const manyLargeObjects = 1000;
/** SQL: whether each large object is an object of the comparison. */
export const fewLargeObjects = `(select count(*) from (select from pg_catalog.pg_largeobject_metadata limit ${manyLargeObjects + 1}) l) <= ${manyLargeObjects}`;

const largeObjects: ObjectClass = {
  // Under this catalog's name they have their comments.
  catalog: 'pg_largeobject',
  rows: () => `
    select m.oid, 0 as subid, 'large object' as kind, m.oid::text as name, null as parent, m.oid as home, '' as prefix,
           m.lomowner as owner, m.lomacl as acl, 'L' as acl_type, true as own
      from pg_catalog.pg_largeobject_metadata m
     where ${fewLargeObjects} and ${wanted('m.oid')}`,
};

/** Classes of what belongs to the whole database. */
export const databaseClasses: readonly ObjectClass[] = [
  inDatabase({
    catalog: 'pg_namespace',
    alias: 'n',
    kind: 'schema',
    name: 'quote_ident(n.nspname)',
    owner: 'n.nspowner',
    acl: 'n.nspacl',
    aclType: 'n',
    where: `n.nspname !~ '^pg_(toast|temp_)'`,
    own: `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`,
  }),
  // Who owns an extension depends on who restored it, and no dump can say it: a fact of its own name.
  inDatabase({ catalog: 'pg_extension', alias: 'x', kind: 'extension', name: 'quote_ident(x.extname)', own: 'true' }),
  inDatabase({
    catalog: 'pg_language',
    alias: 'l',
    kind: 'language',
    name: 'quote_ident(l.lanname)',
    owner: 'l.lanowner',
    acl: 'l.lanacl',
    aclType: 'l',
  }),
  inDatabase({ catalog: 'pg_am', alias: 'm', kind: 'access method', name: 'quote_ident(m.amname)' }),
  inDatabase({
    catalog: 'pg_cast',
    alias: 'c',
    kind: 'cast',
    name: `format('(%s AS %s)', pg_catalog.format_type(c.castsource, null), pg_catalog.format_type(c.casttarget, null))`,
  }),
  inDatabase({
    catalog: 'pg_transform',
    alias: 't',
    kind: 'transform',
    name: `format('FOR %s LANGUAGE %I', pg_catalog.format_type(t.trftype, null), l.lanname)`,
    join: 'join pg_catalog.pg_language l on l.oid = t.trflang',
  }),
  inDatabase({ catalog: 'pg_event_trigger', alias: 'e', kind: 'event trigger', name: 'quote_ident(e.evtname)', owner: 'e.evtowner' }),
  inDatabase({ catalog: 'pg_publication', alias: 'p', kind: 'publication', name: 'quote_ident(p.pubname)', owner: 'p.pubowner' }),
  inDatabase({
    catalog: 'pg_foreign_data_wrapper',
    alias: 'w',
    kind: 'foreign data wrapper',
    name: 'quote_ident(w.fdwname)',
    owner: 'w.fdwowner',
    acl: 'w.fdwacl',
    aclType: 'F',
  }),
  inDatabase({
    catalog: 'pg_foreign_server',
    alias: 's',
    kind: 'server',
    name: 'quote_ident(s.srvname)',
    owner: 's.srvowner',
    acl: 's.srvacl',
    aclType: 'S',
  }),
  largeObjects,
];
