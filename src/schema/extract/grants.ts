interface Acl {
  /** All of these are SQL. */
  readonly acl: string;
  readonly owner: string;
  /** Letter of acldefault. */
  readonly type: string;
  /** The ACL that it is told against. */
  readonly base: string;
}

/**
 * SQL for what an ACL grants beyond a base, and what it takes away from it, one line for each role: `GRANT INSERT, SELECT TO app WITH GRANT OPTION`.
 * Null when there is no such line. The owner's own rights are those of whoever owns the object, so that another owner isn't also another ACL.
 */
export function grants({ acl, owner, type, base }: Acl): string {
  const exploded = (list: string, whose: string) => `
                select case when x.grantor = ${whose} then 0 else x.grantor end as grantor, case when x.grantee = ${whose} then -1 else x.grantee::int8 end as grantee,
                       x.privilege_type, x.is_grantable
                  from pg_catalog.aclexplode(${list}) x`;
  // In a base, whoever grants is the owner of that time.
  const minus = (verb: string, from: string, other: string) => `
             select '${verb}' as verb, e.* from (${from} except ${other}) e`;
  return `(select string_agg(
               format('%s %s %s %s%s%s', l.verb, l.privileges, case l.verb when 'GRANT' then 'TO' else 'FROM' end, l.grantee,
                      case when l.is_grantable then ' WITH GRANT OPTION' end, ' BY ' || l.grantor), e'\\n'
               order by l.verb, l.grantee collate "C", l.is_grantable, l.grantor collate "C")
        from (select changed.verb, changed.is_grantable,
                     case when count(*) > 1 and count(*) = (select count(*) from pg_catalog.aclexplode(pg_catalog.acldefault(nullif(${type}, 'c')::"char", ${owner})) own_right
                                                             where own_right.grantee = ${owner})
                          then 'ALL' else string_agg(changed.privilege_type, ', ' order by changed.privilege_type collate "C") end as privileges,
                     case changed.grantee when 0 then 'PUBLIC' when -1 then 'the owner' else quote_ident(pg_catalog.pg_get_userbyid(changed.grantee::pg_catalog.oid)) end as grantee,
                     case when changed.grantor <> 0 then quote_ident(pg_catalog.pg_get_userbyid(changed.grantor)) end as grantor
                from (${minus('GRANT', exploded(acl, owner), exploded(base, 'x.grantor'))}
                      union all ${minus('REVOKE', exploded(base, 'x.grantor'), exploded(acl, owner))}) changed
               group by changed.verb, changed.grantee, changed.grantor, changed.is_grantable) l)`;
}
