const server = 'belongs to the whole server, which both databases of a pair are on';
const creation = 'is decided when the database is made, before a probe can do anything';

/** Compared columns that no probe can change, since both of its databases are alike in them. They are tried by tests of their own. */
export const probedApart: Readonly<Record<string, string>> = {
  'pg_authid.rolname': server,
  'pg_authid.rolsuper': server,
  'pg_authid.rolinherit': server,
  'pg_authid.rolcreaterole': server,
  'pg_authid.rolcreatedb': server,
  'pg_authid.rolreplication': server,
  'pg_authid.rolbypassrls': server,
  'pg_authid.rolconnlimit': server,
  'pg_authid.rolcanlogin': server,
  'pg_authid.rolvaliduntil': server,
  'pg_auth_members.roleid': server,
  'pg_auth_members.member': server,
  'pg_auth_members.admin_option': server,
  'pg_auth_members.inherit_option': server,
  'pg_auth_members.set_option': server,
  'pg_parameter_acl.parname': server,
  'pg_parameter_acl.paracl': server,
  'pg_tablespace.spcname': server,
  'pg_database.encoding': creation,
  'pg_database.datlocprovider': creation,
  'pg_database.datcollate': creation,
  'pg_database.datctype': creation,
  'pg_database.daticulocale': creation,
  'pg_database.datlocale': creation,
  'pg_database.daticurules': creation,
  'pg_database.datcollversion': creation,
  'pg_database.dattablespace': creation,
  'pg_subscription.subenabled': 'an enabled subscription connects to its publisher',
};
