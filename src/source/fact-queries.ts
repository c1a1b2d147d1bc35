/*
 * What is asked of a live source. Differences between PostgreSQL 13 and 18 live here, as whole queries chosen by server_version_num.
 * Nothing here needs more than a role that may connect: pg_authid, unreadable on managed services, is never asked.
 */

export interface DatabaseRow {
  readonly name: string;
  readonly serverVersion: string;
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
  readonly provider: 'libc' | 'icu' | 'builtin';
  readonly providerLocale: string | null;
  readonly icuRules: string | null;
  readonly owner: string;
  readonly comment: string | null;
  readonly sizeBytes: string;
  readonly isStandby: boolean;
  readonly dataAsOf: string;
}

/** Which database this is: its locale, owner, size, and the instant that its data shows. */
export function databaseQuery(serverVersionNum: number): string {
  const locale =
    serverVersionNum >= 170_000
      ? `case d.datlocprovider when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end as "provider",
         d.datlocale as "providerLocale", d.daticurules as "icuRules"`
      : serverVersionNum >= 160_000
        ? `case d.datlocprovider when 'i' then 'icu' else 'libc' end as "provider",
           d.daticulocale as "providerLocale", d.daticurules as "icuRules"`
        : serverVersionNum >= 150_000
          ? `case d.datlocprovider when 'i' then 'icu' else 'libc' end as "provider",
             d.daticulocale as "providerLocale", null::text as "icuRules"`
          : `'libc' as "provider", null::text as "providerLocale", null::text as "icuRules"`;
  // A standby shows the last transaction that it replayed; one that has replayed none yet knows no better than its own clock.
  return `
    select d.datname as "name",
           pg_catalog.current_setting('server_version') as "serverVersion",
           pg_catalog.pg_encoding_to_char(d.encoding) as "encoding",
           d.datcollate as "collate", d.datctype as "ctype",
           ${locale},
           pg_catalog.pg_get_userbyid(d.datdba) as "owner",
           pg_catalog.shobj_description(d.oid, 'pg_database') as "comment",
           pg_catalog.pg_database_size(d.oid) as "sizeBytes",
           pg_catalog.pg_is_in_recovery() as "isStandby",
           pg_catalog.to_char(
             coalesce(case when pg_catalog.pg_is_in_recovery() then pg_catalog.pg_last_xact_replay_timestamp() end, pg_catalog.now())
               at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "dataAsOf"
      from pg_catalog.pg_database d
     where d.datname = pg_catalog.current_database()`;
}

export interface RoleRow {
  readonly name: string;
  readonly superuser: boolean;
  readonly inherit: boolean;
  readonly createRole: boolean;
  readonly createDb: boolean;
  readonly canLogin: boolean;
  readonly replication: boolean;
  readonly bypassRls: boolean;
  readonly connectionLimit: number;
  readonly validUntil: string | null;
  readonly comment: string | null;
}

/**
 * Every role that somebody made, in the order in which they were: pg_dump lists a policy's roles in that order, so made again in the same
 * order they read the same. Names that begin with pg_ are Postgres' own.
 */
export const rolesQuery = `
    select r.rolname as "name", r.rolsuper as "superuser", r.rolinherit as "inherit", r.rolcreaterole as "createRole",
           r.rolcreatedb as "createDb", r.rolcanlogin as "canLogin", r.rolreplication as "replication", r.rolbypassrls as "bypassRls",
           r.rolconnlimit as "connectionLimit",
           case when pg_catalog.isfinite(r.rolvaliduntil)
                then pg_catalog.to_char(r.rolvaliduntil at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                else r.rolvaliduntil::text end as "validUntil",
           pg_catalog.shobj_description(r.oid, 'pg_authid') as "comment"
      from pg_catalog.pg_roles r
     where r.rolname !~ '^pg_'
     order by r.oid`;

export interface MembershipRow {
  readonly role: string;
  readonly member: string;
  readonly grantor: string;
  readonly admin: boolean;
  readonly inherit: boolean | null;
  readonly set: boolean | null;
}

/** Who is a member of what, and by whose grant. Members that are Postgres' own roles have their memberships on every server. */
export function membershipsQuery(serverVersionNum: number): string {
  const options = serverVersionNum >= 160_000 ? 'm.inherit_option as "inherit", m.set_option as "set"' : 'null::boolean as "inherit", null::boolean as "set"';
  return `
    select pg_catalog.pg_get_userbyid(m.roleid) as "role", pg_catalog.pg_get_userbyid(m.member) as "member",
           pg_catalog.pg_get_userbyid(m.grantor) as "grantor", m.admin_option as "admin", ${options}
      from pg_catalog.pg_auth_members m
     where pg_catalog.pg_get_userbyid(m.member) !~ '^pg_'
     order by pg_catalog.pg_get_userbyid(m.roleid) collate "C", pg_catalog.pg_get_userbyid(m.member) collate "C",
              pg_catalog.pg_get_userbyid(m.grantor) collate "C"`;
}

export interface SettingRow {
  /** Null: of the database itself. */
  readonly role: string | null;
  /** Null: in every database. */
  readonly database: string | null;
  readonly setting: string;
}

/** ALTER DATABASE … SET and ALTER ROLE … [IN DATABASE] SET, as far as they touch this database, in the order in which they are kept. */
export const settingsQuery = `
    select case when s.setrole = 0 then null else pg_catalog.pg_get_userbyid(s.setrole) end as "role",
           d.datname as "database", c.setting as "setting"
      from pg_catalog.pg_db_role_setting s
      left join pg_catalog.pg_database d on d.oid = s.setdatabase,
           pg_catalog.unnest(s.setconfig) with ordinality as c(setting, place)
     where d.datname = pg_catalog.current_database() or (s.setdatabase = 0 and s.setrole <> 0)
     order by s.setrole = 0 desc, pg_catalog.pg_get_userbyid(s.setrole) collate "C", d.datname collate "C" nulls first, c.place`;

export interface DatabaseGrantRow {
  readonly grantee: string;
  readonly privilege: string;
  readonly grantable: boolean;
}

/** Who may do what with the database itself. An ACL that was never touched is spelled out. */
export const databaseGrantsQuery = `
    select case when a.grantee = 0 then '' else pg_catalog.pg_get_userbyid(a.grantee) end as "grantee",
           a.privilege_type as "privilege", a.is_grantable as "grantable"
      from pg_catalog.pg_database d,
           pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) a
     where d.datname = pg_catalog.current_database()
     order by a.grantee <> 0, pg_catalog.pg_get_userbyid(a.grantee) collate "C", a.privilege_type collate "C", a.is_grantable`;

/** Which extensions are installed. */
export const extensionsQuery = `
    select e.extname as "name", e.extversion as "version", n.nspname as "schema"
      from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
     order by e.extname collate "C"`;

/** Which procedural languages exist. */
export const languagesQuery = `
    select l.lanname as "name" from pg_catalog.pg_language l where l.lanispl order by l.lanname collate "C"`;

/** Which features, that not every build of Postgres has, are in use. Column compression exists since PostgreSQL 14. */
export function featuresQuery(serverVersionNum: number): string {
  if (serverVersionNum < 140_000) return 'select null::text as "feature" where false';
  return `
    select 'lz4' as "feature"
     where pg_catalog.current_setting('default_toast_compression') = 'lz4'
        or exists (select from pg_catalog.pg_attribute a where a.attcompression = 'l' and not a.attisdropped)`;
}
