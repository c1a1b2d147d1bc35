import type { Session } from '../../core/ports.ts';
import { quoteIdentifier, quoteLiteral } from '../../sql/quote.ts';

export interface LargeObject {
  readonly oid: string;
  readonly owner: string;
  readonly comment: string | null;
  /** Rights of others than the owner; grantee '' = PUBLIC. */
  readonly grants: readonly { readonly grantee: string; readonly privilege: string; readonly grantable: boolean }[];
  /** Rights that the owner has given away. */
  readonly ownerLacks: readonly string[];
}

/** Large objects in the order of their oids, from one on, with who may do what with them. */
const largeObjectsQuery = `
  select m.oid::text as "oid", pg_catalog.pg_get_userbyid(m.lomowner) as "owner",
         pg_catalog.obj_description(m.oid, 'pg_largeobject') as "comment",
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
