import type { Session } from '../../core/ports.ts';
import type { FidelityLoss } from '../../core/source-facts.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';

export interface LargeObject {
  readonly oid: string;
  readonly owner: string;
  readonly comment: string | null;
  /** Whether our role may select it: pg_read_all_data doesn't reach large objects. */
  readonly readable: boolean;
  /** Rights of others than the owner; grantee '' = PUBLIC. */
  readonly grants: readonly { readonly grantee: string; readonly privilege: string; readonly grantable: boolean }[];
  /** Rights that the owner has given away. */
  readonly ownerLacks: readonly string[];
}

/** Large objects in the order of their oids, from one on, with who may do what with them. */
const largeObjectsQuery = `
  select m.oid::text as "oid", pg_catalog.pg_get_userbyid(m.lomowner) as "owner",
         pg_catalog.obj_description(m.oid, 'pg_largeobject') as "comment",
         (select r.rolsuper from pg_catalog.pg_roles r where r.rolname = current_user) or pg_catalog.current_setting('lo_compat_privileges')::bool
           or exists (select from pg_catalog.aclexplode(coalesce(m.lomacl, pg_catalog.acldefault('L', m.lomowner))) a
                       where a.privilege_type = 'SELECT' and (a.grantee = 0 or pg_catalog.pg_has_role(a.grantee, 'USAGE'))) as "readable",
         coalesce((select pg_catalog.json_agg(pg_catalog.json_build_object(
                            'grantee', case when a.grantee = 0 then '' else pg_catalog.pg_get_userbyid(a.grantee) end,
                            'privilege', a.privilege_type, 'grantable', a.is_grantable) order by a.grantee, a.privilege_type)
                     from pg_catalog.aclexplode(m.lomacl) a where a.grantee <> m.lomowner), '[]') as "grants",
         array(select p.privilege from (values ('SELECT'), ('UPDATE')) p(privilege)
                where m.lomacl is not null
                  and not exists (select from pg_catalog.aclexplode(m.lomacl) a where a.grantee = m.lomowner and a.privilege_type = p.privilege)
                order by p.privilege) as "ownerLacks"
    from pg_catalog.pg_largeobject_metadata m
   where m.oid > $1::text::oid
   order by m.oid
   limit $2`;

/**
 * Throws SqlError.
 *
 * @param after only those with a greater oid.
 * @param limit at most so many; all unless told.
 */
export async function listLargeObjects(session: Session, after = '0', limit: number | null = null): Promise<readonly LargeObject[]> {
  return await session.query<LargeObject>(largeObjectsQuery, [after, limit]);
}

/** More than these are told as one: a role that may read none of a hundred thousand is one problem. */
const mostToldApart = 20;

/** What is lost when these come over empty, since our role may not select them. */
export function unreadableLosses(objects: readonly Pick<LargeObject, 'oid'>[]): readonly FidelityLoss[] {
  const sqlstate = '42501';
  if (objects.length <= mostToldApart) {
    return objects.map(({ oid }) => ({
      object: { kind: 'large object', name: oid },
      message: `large object ${oid} is empty in the copy: the role that reads production may not select it`,
      cure: `Read with a role that may select it: grant select on large object ${oid} to the reading role.`,
      sqlstate,
    }));
  }
  const name = `${objects[0]?.oid} to ${objects.at(-1)?.oid}`;
  const message = `${objects.length} large objects (${name}) are empty in the copy: the role that reads production may not select them`;
  const cure = 'Read with a superuser or their owner, or grant select on each: pg_read_all_data doesn’t reach large objects.';
  return [{ object: { kind: 'large objects', name }, message, cure, sqlstate }];
}

/** The statements that make an empty large object with its owner, comment and grants. */
export function makeStatements(object: LargeObject): readonly string[] {
  return [`select pg_catalog.lo_create(${quoteLiteral(object.oid)})`, ...attributeStatements(object)];
}

/** The statements that give a large object its owner, comment and grants. */
export function attributeStatements({ oid, owner, comment, grants, ownerLacks }: LargeObject): readonly string[] {
  const role = quoteIdentifier(owner);
  return [
    `alter large object ${oid} owner to ${role}`,
    ...ownerLacks.map((privilege) => `revoke ${privilege} on large object ${oid} from ${role}`),
    ...grants.map(({ grantee, privilege, grantable }) => {
      const to = grantee === '' ? 'public' : quoteIdentifier(grantee);
      return `grant ${privilege} on large object ${oid} to ${to}${grantable ? ' with grant option' : ''}`;
    }),
    ...(comment === null ? [] : [`comment on large object ${oid} is ${quoteLiteral(comment)}`]),
  ];
}
