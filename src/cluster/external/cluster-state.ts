import type { Session } from '../../core/ports.ts';

export type SharedKind = 'role' | 'membership' | 'setting' | 'database' | 'tablespace' | 'system setting' | 'parameter right' | 'subscription';

/** One thing that belongs to the whole server. */
export interface SharedThing {
  readonly kind: SharedKind;
  /** For people, unique among its kind: `app`, `alice in app`, `app in database shop`. */
  readonly name: string;
  /** All that could be changed about it, as JSON. May hold a password's hash: never told. */
  readonly value: string;
  /** Its role, of a membership or setting. */
  readonly role: string | null;
  /** Of a membership. */
  readonly member: string | null;
  /** Of a setting. */
  readonly database: string | null;
}

/**
 * What is there of the whole server, but for what is ours? `$1`: roles that are ours whatever their comment says. Ours too are roles with a stamp and the
 * databases that are called like one, or whose number is in its stamp.
 */
const stateQuery = (serverVersionNum: number) => `
with ours as (
  select r.oid, r.rolname as name, pg_catalog.substring(pg_catalog.shobj_description(r.oid, 'pg_authid'), '"databaseOid":([0-9]+)') as database_oid
    from pg_catalog.pg_roles r
   where r.rolname = any ($1::text[])
      or pg_catalog.shobj_description(r.oid, 'pg_authid') like '{"tool":"pgrehearse"%'
), our_database as (
  select d.oid from pg_catalog.pg_database d join ours on ours.name = d.datname or ours.database_oid = d.oid::text
), thing as (
  select 'role' as kind, a.rolname::text as name, (pg_catalog.to_jsonb(a) - 'oid')::text as value, a.rolname::text as role, null::text as member, null::text as database
    from pg_catalog.pg_authid a
   where a.oid not in (select oid from ours)
  union all
  select 'membership', pg_catalog.format('%s in %s', m.rolname, r.rolname),
         pg_catalog.jsonb_agg(pg_catalog.to_jsonb(a) - 'oid' order by a.grantor)::text, r.rolname, m.rolname, null
    from pg_catalog.pg_auth_members a
    join pg_catalog.pg_roles r on r.oid = a.roleid
    join pg_catalog.pg_roles m on m.oid = a.member
   where r.oid not in (select oid from ours) and m.oid not in (select oid from ours)
   group by r.rolname, m.rolname
  union all
  select 'setting', coalesce(r.rolname, 'all roles') || coalesce(' in database ' || d.datname, ''), pg_catalog.to_jsonb(s.setconfig)::text, r.rolname, null, d.datname
    from pg_catalog.pg_db_role_setting s
    left join pg_catalog.pg_roles r on r.oid = s.setrole
    left join pg_catalog.pg_database d on d.oid = s.setdatabase
   where s.setrole not in (select oid from ours) and s.setdatabase not in (select oid from our_database)
  union all
  select 'database', d.datname, pg_catalog.jsonb_build_array(d.datdba, d.datacl::text, d.datallowconn, d.datistemplate, d.datconnlimit, d.dattablespace)::text, null, null, null
    from pg_catalog.pg_database d
   where d.oid not in (select oid from our_database)
  union all
  select 'tablespace', t.spcname, pg_catalog.jsonb_build_array(t.spcowner, t.spcacl::text, t.spcoptions)::text, null, null, null
    from pg_catalog.pg_tablespace t
  union all
  select 'system setting', f.name, pg_catalog.jsonb_agg(f.setting order by f.seqno)::text, null, null, null
    from pg_catalog.pg_file_settings f
   where f.sourcefile ~ 'postgresql\\.auto\\.conf$'
   group by f.name
  union all
  select 'subscription', s.subname, s.subdbid::text, null, null, null
    from pg_catalog.pg_subscription s
   where s.subdbid not in (select oid from our_database)
  ${
    serverVersionNum >= 150_000
      ? `union all
  select 'parameter right', p.parname, p.paracl::text, null, null, null
    from pg_catalog.pg_parameter_acl p`
      : ''
  }
)
select kind, name, value, role, member, database from thing order by kind, name collate "C"`;

/** Reads what belongs to the whole server and isn't ours. Superusers only. Throws SqlError. */
export async function readClusterState(session: Session, ours: readonly string[]): Promise<readonly SharedThing[]> {
  return await session.query<SharedThing>(stateQuery(session.serverVersionNum), [ours]);
}

export interface ClusterChange {
  readonly how: 'made' | 'changed' | 'gone';
  /** As it is now; as it was, where it is gone. */
  readonly thing: SharedThing;
  readonly before?: SharedThing;
}

/** What two readings differ in, in a fixed order. */
export function clusterChanges(before: readonly SharedThing[], after: readonly SharedThing[]): readonly ClusterChange[] {
  const key = ({ kind, name }: SharedThing) => `${kind}\n${name}`;
  const earlier = new Map(before.map((thing) => [key(thing), thing]));
  const later = new Map(after.map((thing) => [key(thing), thing]));
  const changes: ClusterChange[] = [];
  for (const [name, thing] of later) {
    const known = earlier.get(name);
    if (known === undefined) changes.push({ how: 'made', thing });
    else if (known.value !== thing.value) changes.push({ how: 'changed', thing, before: known });
  }
  for (const [name, thing] of earlier) if (!later.has(name)) changes.push({ how: 'gone', thing, before: thing });
  return changes;
}

/** @example describeChange(change) // 'role app was made' */
export function describeChange({ how, thing }: ClusterChange): string {
  return `${thing.kind} ${thing.name} ${how === 'gone' ? 'is gone' : `was ${how}`}`;
}
