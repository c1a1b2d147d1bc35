import type { SourceFacts } from '../../core/source-facts.ts';
import { quoteLiteral } from '../../sql/quote.ts';
import { databaseStatements } from '../restore/database-settings.ts';
import { orderMemberships } from '../restore/membership-order.ts';
import { commentOnRoleStatement, createRoleStatement, grantRoleStatement } from '../restore/role-statements.ts';
import { settingClause } from '../restore/setting-value.ts';

/** roles.sql of a dump folder: the source's roles, none of which can log in. For people with psql; we load roles from the manifest. */
export function rolesScript(facts: SourceFacts): string {
  const version = facts.major * 10_000;
  return script('The roles of the source, without LOGIN and passwords. Errors about roles that exist already may be ignored.', [
    ...facts.roles.map(createRoleStatement),
    ...facts.roles.flatMap((role) => (role.comment === undefined ? [] : [commentOnRoleStatement(role, role.comment)])),
    ...orderMemberships(facts).map((ordered) => grantRoleStatement(ordered, version)),
    ...facts.roles.flatMap((role) => (role.settings[''] ?? []).map((setting) => `alter role "${role.name.replaceAll('"', '""')}" ${settingClause(setting)}`)),
  ]);
}

/** database.sql of a dump folder: what belongs to the database itself, whatever it is called there. */
export function databaseScript(facts: SourceFacts): string {
  const placeholder = 'current_database_placeholder';
  const statements = [
    ...databaseStatements(facts, placeholder).map(({ statement }) => statement),
    ...facts.roles.flatMap((role) =>
      (role.settings[facts.database] ?? []).map(
        (setting) => `alter role "${role.name.replaceAll('"', '""')}" in database ${placeholder} ${settingClause(setting)}`,
      ),
    ),
  ];
  return script(
    'Owner, rights, comment and settings of the database. Run it in the restored database, last.',
    statements.map((statement) => inDatabase(statement, placeholder)),
  );
}

/** A statement about the database that it is run in, whose name isn't known yet. */
function inDatabase(statement: string, placeholder: string): string {
  const at = statement.indexOf(placeholder);
  const before = quoteLiteral(statement.slice(0, at));
  const after = quoteLiteral(statement.slice(at + placeholder.length));
  const body = `begin execute ${before} || pg_catalog.quote_ident(pg_catalog.current_database()) || ${after}; end`;
  return `do ${quoteLiteral(body)}`;
}

function script(title: string, statements: readonly string[]): string {
  return `-- ${title}\n${statements.map((statement) => `${statement};\n`).join('')}`;
}
