import { firstUserOid, noMember, type ObjectClass, ownSchema, wanted } from './object-class.ts';
import { operatorName, routineName } from './routine-name.ts';

interface InSchema {
  readonly catalog: string;
  readonly alias: string;
  /** SQL. */
  readonly kind: string;
  readonly name: string;
  readonly parent?: string;
  readonly namespace: string;
  readonly owner?: string;
  readonly acl?: string;
  readonly aclType?: string;
  /** Further joins and conditions. */
  readonly join?: string;
  readonly where?: string;
}

/** Objects that live in a schema. */
function inSchema(one: InSchema): ObjectClass {
  const oid = `${one.alias}.oid`;
  return {
    catalog: one.catalog,
    ...(one.acl === undefined && { withoutRights: true }),
    rows: () => `
      select ${oid}, 0 as subid, ${one.kind} as kind, ${one.name} as name, ${one.parent ?? 'null'} as parent, ${oid} as home, '' as prefix,
             ${one.owner ?? 'null::pg_catalog.oid'} as owner, ${one.acl ?? 'null::pg_catalog.aclitem[]'} as acl,
             ${one.aclType === undefined ? 'null' : `'${one.aclType}'`} as acl_type,
             ${ownSchema('n')} and ${noMember(one.catalog, oid)} as own
        from pg_catalog.${one.catalog} ${one.alias}
        join pg_catalog.pg_namespace n on n.oid = ${one.namespace}
        ${one.join ?? ''}
       where ${one.where ?? 'true'} and n.nspname !~ '^pg_(toast_)?temp_' and ${wanted(oid)}`,
  };
}

const plain = (alias: string, column: string) => `format('%I.%I', n.nspname, ${alias}.${column})`;
const withMethod = (alias: string, column: string) => `format('%I.%I USING %I', n.nspname, ${alias}.${column}, am.amname)`;

/** Row types of tables, array types and multiranges come with another object. */
const ownType = `t.typtype <> 'm'
  and (t.typrelid = 0 or (select k.relkind from pg_catalog.pg_class k where k.oid = t.typrelid) = 'c')
  and not exists (select from pg_catalog.pg_type e where e.oid = t.typelem and e.typarray = t.oid)`;

/** Classes of what lives in a schema and isn't a relation. */
export const schemaClasses: readonly ObjectClass[] = [
  inSchema({
    catalog: 'pg_proc',
    alias: 'p',
    kind: `case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end`,
    name: routineName('p', 'n'),
    namespace: 'p.pronamespace',
    // Constructors of ranges come with their type; no dump says whose they are, or who may call them.
    where: `(p.oid < ${firstUserOid} or not exists (
      select from pg_catalog.pg_depend inner_part
       where inner_part.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and inner_part.objid = p.oid and inner_part.deptype = 'i'))`,
    owner: 'p.proowner',
    acl: 'p.proacl',
    aclType: 'f',
  }),
  inSchema({
    catalog: 'pg_type',
    alias: 't',
    kind: `case t.typtype when 'd' then 'domain' else 'type' end`,
    name: plain('t', 'typname'),
    parent: plain('t', 'typname'),
    namespace: 't.typnamespace',
    owner: 't.typowner',
    acl: 't.typacl',
    aclType: 'T',
    where: ownType,
  }),
  inSchema({
    catalog: 'pg_operator',
    alias: 'o',
    kind: `'operator'`,
    name: operatorName('o', 'n'),
    namespace: 'o.oprnamespace',
    owner: 'o.oprowner',
    // An operator that was only named as another's commutator isn't there yet.
    where: 'o.oprcode <> 0',
  }),
  inSchema({
    catalog: 'pg_opclass',
    alias: 'o',
    kind: `'operator class'`,
    name: withMethod('o', 'opcname'),
    namespace: 'o.opcnamespace',
    owner: 'o.opcowner',
    join: 'join pg_catalog.pg_am am on am.oid = o.opcmethod',
  }),
  inSchema({
    catalog: 'pg_opfamily',
    alias: 'o',
    kind: `'operator family'`,
    name: withMethod('o', 'opfname'),
    namespace: 'o.opfnamespace',
    owner: 'o.opfowner',
    join: 'join pg_catalog.pg_am am on am.oid = o.opfmethod',
  }),
  inSchema({ catalog: 'pg_collation', alias: 'c', kind: `'collation'`, name: plain('c', 'collname'), namespace: 'c.collnamespace', owner: 'c.collowner' }),
  inSchema({ catalog: 'pg_conversion', alias: 'c', kind: `'conversion'`, name: plain('c', 'conname'), namespace: 'c.connamespace', owner: 'c.conowner' }),
  inSchema({ catalog: 'pg_ts_parser', alias: 'p', kind: `'text search parser'`, name: plain('p', 'prsname'), namespace: 'p.prsnamespace' }),
  inSchema({ catalog: 'pg_ts_template', alias: 'm', kind: `'text search template'`, name: plain('m', 'tmplname'), namespace: 'm.tmplnamespace' }),
  inSchema({
    catalog: 'pg_ts_dict',
    alias: 'd',
    kind: `'text search dictionary'`,
    name: plain('d', 'dictname'),
    namespace: 'd.dictnamespace',
    owner: 'd.dictowner',
  }),
  inSchema({
    catalog: 'pg_ts_config',
    alias: 'c',
    kind: `'text search configuration'`,
    name: plain('c', 'cfgname'),
    namespace: 'c.cfgnamespace',
    owner: 'c.cfgowner',
  }),
];
