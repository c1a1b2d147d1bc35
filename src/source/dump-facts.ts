import type { LocaleSettings } from '../core/server.ts';
import type { RoleFacts, SourceFacts } from '../core/source-facts.ts';
import type { ArchiveHeader } from './archive-header.ts';
import { plainRole, type RoleReader } from './role-reader.ts';
import type { Survey } from './survey-script.ts';

/** What a script that names no version is loaded into. */
const newestMajor = 18;

interface KnownOfDump {
  readonly label: string;
  readonly fileName: string;
  readonly modifiedAt: Date;
  readonly survey: Survey;
  readonly rolesFile: RoleReader | undefined;
  readonly header?: ArchiveHeader;
}

/** Puts together what a dump tells; what it can't tell is named in `unknown`. */
export function dumpFacts({ label, fileName, modifiedAt, survey, rolesFile, header }: KnownOfDump): SourceFacts {
  const unknown: string[] = [];
  const { head, database } = survey;
  const serverVersion = head.serverVersion ?? header?.serverVersion?.split(' ')[0];
  if (serverVersion === undefined) unknown.push(`server version: the dump names none; PostgreSQL ${newestMajor} is assumed`);
  if (head.madeBy === 'none') unknown.push('row counts: the script was not made by pg_dump; they are those that come out of running it');
  if (head.startedAt === undefined) unknown.push('instant of the data: the dump names none; the time of the file is shown');
  const locale = readLocale(survey);
  if (database.locale?.collate === undefined) unknown.push(`locale: the dump names none (only pg_dump --create does); ${locale.collate} is used`);
  const name = database.name ?? header?.database ?? fileName.replace(/(\.[a-z]+)+$/i, '');
  if (database.name === undefined && header?.database === undefined) unknown.push(`name of the database: the dump names none; ${name} is used`);
  if (database.name === undefined) unknown.push('owner, grants and settings of the database: only pg_dump --create writes them');

  // The roles file says more than the script, which may hold roles too when it was written by hand.
  const known = new Map([...survey.roles.roles, ...(rolesFile?.roles ?? [])].map((role) => [role.name, role]));
  const shims = survey.namedRoles.filter((role) => !known.has(role));
  if (shims.length > 0) {
    unknown.push(
      `attributes and memberships of ${shims.length === 1 ? 'role' : 'roles'} ${shims.join(', ')}: ${rolesFile === undefined ? 'a dump holds none; give source.roles' : 'not in source.roles'}`,
    );
  }
  for (const hidden of [...database.hidden, ...survey.roles.hidden, ...(rolesFile?.hidden ?? [])]) {
    unknown.push(`setting ${hidden}: its name says that it is a secret, so its value was not kept`);
  }
  return {
    kind: 'dump',
    label,
    database: name,
    major: serverVersion === undefined ? newestMajor : Number.parseInt(serverVersion, 10),
    serverVersion: serverVersion ?? `${newestMajor}`,
    locale,
    dataAsOf: head.startedAt ?? modifiedAt.toISOString(),
    sizeBytes: survey.sizeBytes,
    isStandby: false,
    extensions: survey.extensions,
    languages: survey.languages,
    features: survey.usesLz4 ? ['lz4'] : [],
    roles: [...known.values(), ...shims.map(plainRole)].sort((left: RoleFacts, right: RoleFacts) => (left.name < right.name ? -1 : 1)),
    memberships: [...(rolesFile?.memberships ?? []), ...survey.roles.memberships],
    databaseSettings: database.settings,
    databaseOwner: database.owner,
    ...(database.comment === undefined ? {} : { databaseComment: database.comment }),
    ...(database.grants === undefined ? {} : { databaseGrants: database.grants }),
    unknown,
  };
}

/** Without CREATE DATABASE only the encoding is known, from the script itself. C sorts by code point and is everywhere. */
function readLocale({ head, database }: Survey): LocaleSettings {
  const told = database.locale ?? {};
  return {
    encoding: told.encoding ?? head.encoding,
    collate: told.collate ?? 'C',
    ctype: told.ctype ?? told.collate ?? 'C',
    provider: told.provider ?? 'libc',
    ...(told.providerLocale === undefined ? {} : { providerLocale: told.providerLocale }),
    ...(told.icuRules === undefined ? {} : { icuRules: told.icuRules }),
  };
}
