import type { Session } from '../core/ports.ts';
import type { ExtensionFacts, RoleFacts, RoleMembership, SourceFacts } from '../core/source-facts.ts';
import { readCollationVersions } from './collation-versions.ts';
import type { DatabaseGrantRow, DatabaseRow, MembershipRow, RoleRow, SettingRow } from './fact-queries.ts';
import {
  databaseGrantsQuery,
  databaseQuery,
  extensionsQuery,
  featuresQuery,
  languagesQuery,
  membershipsQuery,
  rolesQuery,
  settingsQuery,
} from './fact-queries.ts';
import { hideSecretSettings } from './hide-secret-settings.ts';

/**
 * Everything that is known of a live source, read in the transaction that the session has open, so that it belongs to the same instant
 * as the data. Throws SqlError.
 */
export async function readFacts(session: Session, kind: SourceFacts['kind'], label: string): Promise<SourceFacts> {
  const version = session.serverVersionNum;
  const [database] = await session.query<DatabaseRow>(databaseQuery(version));
  if (database === undefined) throw new Error('pg_database holds no row of the current database');
  const roles = await session.query<RoleRow>(rolesQuery);
  const memberships = await session.query<MembershipRow>(membershipsQuery(version));
  const settings = await session.query<SettingRow>(settingsQuery);
  const grants = await session.query<DatabaseGrantRow>(databaseGrantsQuery);
  const extensions = await session.query<ExtensionFacts>(extensionsQuery);
  const languages = await session.query<{ name: string }>(languagesQuery);
  const features = await session.query<{ feature: string }>(featuresQuery(version));

  const databaseSettings = hideSecretSettings(settings.filter((row) => row.role === null).map((row) => row.setting));
  const hiddenInRoles: string[] = [];
  const roleFacts = roles.map((row) => {
    const own = settings.filter((setting) => setting.role === row.name);
    const everywhere = hideSecretSettings(own.filter((setting) => setting.database === null).map((setting) => setting.setting));
    const here = hideSecretSettings(own.filter((setting) => setting.database !== null).map((setting) => setting.setting));
    hiddenInRoles.push(...[...everywhere.hidden, ...here.hidden].map((name) => `${name} of role ${row.name}`));
    return asRole(row, database.name, everywhere.settings, here.settings);
  });
  const hidden = [...databaseSettings.hidden.map((name) => `${name} of the database`), ...hiddenInRoles];

  return {
    kind,
    label,
    database: database.name,
    major: Math.trunc(version / 10_000),
    serverVersion: database.serverVersion,
    locale: {
      encoding: database.encoding,
      collate: database.collate,
      ctype: database.ctype,
      provider: database.provider,
      ...(database.providerLocale === null ? {} : { providerLocale: database.providerLocale }),
      ...(database.icuRules === null ? {} : { icuRules: database.icuRules }),
    },
    dataAsOf: database.dataAsOf,
    sizeBytes: Number(database.sizeBytes),
    isStandby: database.isStandby,
    extensions: extensions.map(({ name, version: installed, schema }) => ({ name, version: installed, schema })),
    languages: languages.map((row) => row.name),
    features: features.map((row) => row.feature),
    roles: roleFacts,
    memberships: memberships.map(asMembership),
    databaseSettings: databaseSettings.settings,
    collationVersions: await readCollationVersions(session),
    databaseOwner: database.owner,
    ...(database.comment === null ? {} : { databaseComment: database.comment }),
    databaseGrants: grants.map(({ grantee, privilege, grantable }) => ({ grantee, privilege, grantable })),
    unknown: hidden.map((name) => `setting ${name}: its name says that it is a secret, so its value was not kept`),
  };
}

function asRole(row: RoleRow, database: string, everywhere: readonly string[], here: readonly string[]): RoleFacts {
  return {
    name: row.name,
    superuser: row.superuser,
    inherit: row.inherit,
    createRole: row.createRole,
    createDb: row.createDb,
    canLogin: row.canLogin,
    replication: row.replication,
    bypassRls: row.bypassRls,
    connectionLimit: row.connectionLimit,
    ...(row.validUntil === null ? {} : { validUntil: row.validUntil }),
    settings: { ...(everywhere.length === 0 ? {} : { '': everywhere }), ...(here.length === 0 ? {} : { [database]: here }) },
    ...(row.comment === null ? {} : { comment: row.comment }),
  };
}

function asMembership(row: MembershipRow): RoleMembership {
  return { role: row.role, member: row.member, grantor: row.grantor, admin: row.admin, inherit: row.inherit, set: row.set };
}
